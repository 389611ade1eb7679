"""Whom a letter goes to where a channel has several recipients, so that nobody is told twice and nobody never."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from monitor.alerts.letter import Fate, Letter, Outcome, Recipient
from monitor.config.settings import Channel

REMEMBERED = 1000  # letters under way whose recipients are kept in mind
NOBODY = Outcome(fate=Fate.REFUSED, status="no recipient", answer="nobody is named, and nobody is on call")
NO_ADDRESS = Outcome(fate=Fate.REFUSED, status="address", answer="this can be nobody's number or address")


class Addressees:
    """Keeps, from try to try of one letter, what came of each recipient: a try goes only to those still open.

    It lasts as long as the channel: after a restart, or a crash between two tries, those told before are told again.
    """

    def __init__(self) -> None:
        """Begin with nobody told."""
        self._settled: OrderedDict[str, dict[str, Outcome]] = OrderedDict()

    def left(self, key: str, everybody: Iterable[str]) -> list[str]:
        """Return those whom a letter has neither reached nor been refused to."""
        settled = self._settled.get(key, {})
        return [one for one in everybody if one not in settled]

    def settle(self, key: str, everybody: Iterable[str], tried: Mapping[str, Outcome]) -> Outcome:
        """Take in what came of a try, and say what came of the whole letter.

        Again while anybody is to be tried again, or was not tried. Refused where it reached nobody. Else delivered,
        with those whom it can never reach as ``missed``.
        """
        settled = self._settled.setdefault(key, {})
        settled |= {one: outcome for one, outcome in tried.items() if outcome.fate is not Fate.AGAIN}
        self._settled.move_to_end(key)
        if len(self._settled) > REMEMBERED:
            self._settled.popitem(last=False)
        everybody = tuple(everybody)
        if any(one not in settled for one in everybody):
            return _again(everybody, settled, tried)
        del self._settled[key]
        return _final({one: settled[one] for one in everybody})


def _again(everybody: tuple[str, ...], settled: Mapping[str, Outcome], tried: Mapping[str, Outcome]) -> Outcome:
    failed = [outcome for outcome in tried.values() if outcome.fate is Fate.AGAIN]
    first = failed[0]
    waits = [outcome.retry_after for outcome in failed if outcome.retry_after is not None]
    status = first.status if len(everybody) == 1 else f"{first.status}, {len(settled)} of {len(everybody)} settled"
    return replace(first, status=status, retry_after=max(waits, default=None), missed=())


def _final(settled: Mapping[str, Outcome]) -> Outcome:
    told = [one for one, outcome in settled.items() if outcome.fate is Fate.DELIVERED]
    refused = [one for one in settled if one not in told]
    if not told or not refused:
        return next(iter(settled.values()))
    first, why = settled[told[0]], settled[refused[0]]
    status = f"{first.status}, {len(told)} of {len(settled)}"
    return replace(first, status=status, answer=why.answer, missed=tuple(map(masked, refused)))


def everybody(
    channel: Channel, letter: Letter, way: Callable[[Recipient], str | None], same: Callable[[str], str]
) -> tuple[str, ...]:
    """Return the channel's recipients and those on call; of those whose addresses are the ``same``, the first."""
    on_call = (way(recipient) for recipient in letter.recipients)
    found: dict[str, str] = {}
    for one in (*channel.recipients, *on_call):
        if one:
            found.setdefault(same(one), one)
    return tuple(found.values())


def masked(address: str) -> str:
    """Return a telephone number or an address of mail as it may be shown: ``138****0001``, ``d***@mail.example``."""
    name, at, domain = address.rpartition("@")
    if at:
        first = name.lstrip('"')[:1]
        return f"{first}***@{domain.rstrip('>')}"
    digits = re.sub(r"\D", "", address)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"
