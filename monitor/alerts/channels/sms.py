"""SMS through a gateway that speaks HTTP in its own way: templates say what it is asked, a test what it answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.alerts.channels.addressees import NO_ADDRESS, NOBODY, Addressees, everybody, masked
from monitor.alerts.channels.robot import address
from monitor.alerts.http import JSON, Answer, Http, Now
from monitor.alerts.letter import Fate, Letter, Outcome, Pace, Recipient
from monitor.config.addresses import dialled, is_telephone
from monitor.config.gateway_template import TemplateError, fields, fill
from monitor.config.settings import Channel, Success

OPEN_HEADERS = frozenset({"content-type", "accept"})


class Sms:
    """Asks the gateway once a recipient, or once for all, as the configuration says."""

    paces: tuple[Pace, ...] = ()
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way to the gateway."""
        self.robot = channel.name
        self._channel, self._now = channel, now
        self._http = Http(channel, now=now, hidden=keys_in(channel))
        self._addressees = Addressees()

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter to whom it was not sent yet; after one failure on the way nobody else is tried."""
        wanted = everybody(self._channel, letter, number, dialled)
        if not wanted:
            return NOBODY
        left = self._addressees.left(letter.key, wanted)
        tried = {one: NO_ADDRESS for one in left if not is_telephone(one)}
        good = [one for one in left if one not in tried]
        for phones in [[one] for one in good] if self._channel.each else filter(None, [good]):
            outcome = await self._ask(letter, phones)
            tried |= dict.fromkeys(phones, outcome)
            if outcome.unreachable or outcome.retry_after is not None:
                break
        return self._addressees.settle(letter.key, wanted, tried)

    async def _ask(self, letter: Letter, phones: Sequence[str]) -> Outcome:
        channel = self._channel
        known = fields(
            phones=[dialled(phone) for phone in phones],
            text=letter.sms,
            key=letter.key,
            secret=channel.secret.reveal() if channel.secret else "",
            now=self._now(),
        )
        try:
            url = fill(address(channel), known)
            body = fill(channel.body, known).encode() if channel.body is not None else None
            headers = {name: fill(value, known) for name, value in channel.headers.items()}
        except TemplateError as wrong:
            return Outcome(fate=Fate.REFUSED, status="template", answer=self._http.redaction.say(str(wrong)))
        if body is not None and "content-type" not in map(str.lower, headers):
            headers["Content-Type"] = JSON
        answer = await self._http.ask(url, body, headers, method=channel.method)
        outcome = answer if isinstance(answer, Outcome) else self._judge(answer)
        return replace(outcome, answer=without_numbers(outcome.answer, phones))

    def _judge(self, answer: Answer) -> Outcome:
        """Say what an answer means. One that fails the test may mean anything, no credit or too many: again."""
        judged, failing = self._http.judge(answer), failed(self._channel.success, answer)
        if failing is None:
            return replace(judged, fate=Fate.DELIVERED, retry_after=None, unreachable=False)
        if judged.fate is not Fate.DELIVERED:
            return judged
        status, wait = self._http.redaction.say(failing), self._http.retry_after(answer)
        return replace(judged, fate=Fate.AGAIN, status=status, retry_after=wait)

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()


def keys_in(channel: Channel) -> Iterator[str]:
    """Go through what else a gateway could repeat that opens it: digests of the secret, headers that hold a key."""
    if channel.secret is not None:
        known = {"secret": channel.secret.reveal()}
        yield from (fill(f"{{{{ secret | {digest} }}}}", known) for digest in ("md5", "sha1", "sha256"))
    yield from (value for name, value in channel.headers.items() if name.lower() not in OPEN_HEADERS)


def number(recipient: Recipient) -> str | None:
    """Return the telephone number of somebody on call."""
    return recipient.phone


def failed(success: Success, answer: Answer) -> str | None:
    """Return what of the test an answer fails, in few words; None where it means success."""
    if not (answer.status in success.status if success.status else answer.good):
        return str(answer.status)
    if success.json is not None:
        value = spelled(at(answer.json, success.json))
        if value not in success.equals:
            return f"{success.json} {value}"
    if success.contains is not None and success.contains not in answer.text:
        return "success not found"
    return None


def at(value: Any, path: str) -> object:
    """Return what stands at a dotted path of JSON (``result.0.code``); None where nothing does."""
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def spelled(value: object) -> str:
    """Return a value of JSON as ``equals`` names it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)[:50]
        case _:
            return "…"


def without_numbers(text: str, phones: Sequence[str]) -> str:
    """Return a text with the recipients' numbers masked."""
    for phone in phones:
        for spelling in (phone, dialled(phone)):
            text = text.replace(spelling, masked(phone))
    return text
