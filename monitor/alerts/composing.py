"""Composing letters: one of a message, or one of as many messages as fit into it.

What every reader must know is put around whatever a template says: that the message is late or a test, that the policy
is a demonstration's, that nothing was really measured, and what has changed since it fell due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from monitor.alerts.discretion import discreet
from monitor.alerts.facts import Facts, Matter, Member, Together
from monitor.alerts.language import ELLIPSIS, shorten
from monitor.alerts.letter import Letter
from monitor.alerts.office import MOST_OF_A_NAME, Office
from monitor.alerts.payload import is_active, labels, payload
from monitor.alerts.segments import measure
from monitor.alerts.texts import Texts, Wanted
from monitor.config.settings import Channel, ChannelKind, Locale, Settings
from monitor.config.templates import Form, Templates
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.policy import Policies, Policy
from monitor.wording import WORDING, say_length

MOST_SEGMENTS = 5  # of an SMS: 335 characters, within what gateways take
ENVELOPE = 96  # bytes left for what a robot's channel puts around title and markdown
MOST_BYTES: Mapping[ChannelKind, int] = {
    ChannelKind.WECOM: 4096 - ENVELOPE,
    ChannelKind.DINGTALK: 18_000,  # of 20 KB of JSON
    ChannelKind.FEISHU: 18_000,
}
CARRIED: Mapping[ChannelKind, tuple[Form, ...]] = {
    ChannelKind.WECOM: (Form.TITLE, Form.MARKDOWN),
    ChannelKind.DINGTALK: (Form.TITLE, Form.MARKDOWN),
    ChannelKind.FEISHU: (Form.TITLE, Form.MARKDOWN),
    ChannelKind.SMS: (Form.SMS,),
    ChannelKind.SMTP: (Form.TITLE, Form.TEXT),
    ChannelKind.WEBHOOK: (Form.TEXT,),
    ChannelKind.ALERTMANAGER: (Form.TITLE, Form.TEXT),
}
NEW_LINE = "\n"
DEMONSTRATION = "demo"  # what the name of a demonstration's policy begins with


def carried(kind: ChannelKind | None) -> tuple[Form, ...]:
    """Return the forms of which a channel takes its text; all where that is not known."""
    return tuple(Form) if kind is None else CARRIED.get(kind, tuple(Form))


@dataclass(frozen=True, slots=True)
class Frame:
    """What is put around the forms of a message: before the title, behind the rest."""

    title: str = ""
    sms: str = ""
    markdown: str = ""
    text: str = ""

    def around(self, said: Mapping[Form, str]) -> dict[Form, str]:
        """Return the forms with what is put around them."""
        return {
            Form.TITLE: self.title + said[Form.TITLE],
            Form.SMS: said[Form.SMS] + self.sms,
            Form.MARKDOWN: said[Form.MARKDOWN] + self.markdown,
            Form.TEXT: said[Form.TEXT] + self.text,
        }


class Composer:
    """Writes the letters of one configuration in one language."""

    def __init__(
        self,
        *,
        settings: Settings,
        inventory: Inventory,
        policies: Policies,
        templates: Templates,
        simulated: bool = False,
        locale: Locale | None = None,
    ) -> None:
        """Prepare to write.

        ``policies`` hold every version that a fault is judged by. ``simulated``: the answers to probes are invented.
        ``locale`` is that of the settings unless another is given.
        """
        self._office = Office(
            settings=settings, inventory=inventory, policies=policies, locale=locale or settings.locale
        )
        self._texts = Texts(self._office.locale, templates)
        self._templates, self._simulated = templates, simulated
        self._others: dict[Locale, Composer] = {}

    def speaking(self, locale: Locale | None) -> Composer:
        """Return who writes the same in another language, for a channel that has its own; oneself for None."""
        if locale is None or locale is self._office.locale:
            return self
        if locale not in self._others:
            self._others[locale] = Composer(
                settings=self._office.settings,
                inventory=self._office.inventory,
                policies=self._office.policies,
                templates=self._templates,
                simulated=self._simulated,
                locale=locale,
            )
        return self._others[locale]

    def letter(self, matter: Matter, *, now: datetime, channel: Channel | None = None, test: bool = False) -> Letter:
        """Write one message for a channel, or for any; too long a form is cut to what the channel takes."""
        facts, message = self._office.facts(matter, now), matter.message
        frame = self._frame(facts, self._office.policy([matter], now), test=test)
        said = frame.around(cut(self._said(message.message, facts, frame, channel), frame, channel))
        return Letter(
            key=message.key,
            kind=message.message,
            sent_at=now,
            due_at=message.due_at,
            late=facts.late,
            title=said[Form.TITLE],
            text=said[Form.TEXT],
            sms=said[Form.SMS],
            markdown=said[Form.MARKDOWN],
            payload=payload(matter, self._office, now, said[Form.TEXT]),
            labels=labels(matter),
            active=is_active(matter),
            link=matter.link,
            test=test,
        )

    def group(self, matters: Sequence[Matter], *, now: datetime, channel: Channel | None = None) -> Letter:
        """Write as many of the messages as fit into one letter, from the first on; its ``members`` tell how many.

        They are of one kind. The letter has the key of the first, and no members where only that one goes with it.
        Each member's link is in it where all the messages fit with theirs; else none is.

        Raises:
            ValueError: there are no messages, or they are of several kinds.
        """
        if len({matter.message.message for matter in matters}) != 1:
            raise ValueError("messages of one kind, at least one, go into a letter")
        alone = [self.letter(matter, now=now, channel=channel) for matter in matters]
        if len(matters) == 1:
            return alone[0]
        linked = self._members(matters, alone, now)
        bare = [replace(member, link=None) for member in linked]
        for members in (linked, bare):
            whole = self._together(matters, members, alone, now, channel)
            if fits(whole, channel):
                return whole
        found, fitting, too_many = alone[0], 1, len(matters)
        while too_many - fitting > 1:
            count = (fitting + too_many) // 2
            tried = self._together(matters[:count], bare[:count], alone[:count], now, channel)
            if fits(tried, channel):
                found, fitting = tried, count
            else:
                too_many = count
        return found

    def facts(self, matters: Sequence[Matter], now: datetime) -> Facts | Together:
        """State what a template of one matter, or of several together, is filled in with."""
        if len(matters) == 1:
            return self._office.facts(matters[0], now)
        alone = [self.letter(matter, now=now) for matter in matters]
        return self._office.together(matters, self._members(matters, alone, now), now)

    def _together(
        self,
        matters: Sequence[Matter],
        members: Sequence[Member],
        alone: Sequence[Letter],
        now: datetime,
        channel: Channel | None,
    ) -> Letter:
        together, first = self._office.together(matters, members, now), alone[0]
        frame = self._frame(together, self._office.policy(matters, now))
        said = frame.around(self._said(first.kind, together, frame, channel))
        shared = set.intersection(*(set(letter.labels.items()) for letter in alone))
        return replace(
            first,
            due_at=min(letter.due_at for letter in alone),
            late=together.late,
            title=said[Form.TITLE],
            text=said[Form.TEXT],
            sms=said[Form.SMS],
            markdown=said[Form.MARKDOWN],
            payload={**first.payload, "text": said[Form.TEXT], "members": [letter.payload for letter in alone]},
            labels={name: value for name, value in first.labels.items() if (name, value) in shared},
            active=any(letter.active for letter in alone),
            link=None,
            members=tuple(alone),
        )

    def _members(self, matters: Sequence[Matter], alone: Sequence[Letter], now: datetime) -> list[Member]:
        return [
            Member(**shown(self._office.facts(matter, now)), title=letter.title, text=letter.text)
            for matter, letter in zip(matters, alone, strict=True)
        ]

    def _said(
        self, kind: MessageKind, facts: Facts | Together, frame: Frame, channel: Channel | None
    ) -> dict[Form, str]:
        name, grouped, stated = None if channel is None else channel.name, isinstance(facts, Together), shown(facts)
        return {form: self._texts.say(Wanted(kind, form, grouped, name), stated, behind=frame.sms) for form in Form}

    def _frame(self, facts: Facts | Together, policy: Policy, *, test: bool = False) -> Frame:
        """Return what must be said besides, each mark in every form that it has."""
        note = facts.note if isinstance(facts, Facts) else None
        marks = {
            "test": test,
            "demo": policy.version.startswith(DEMONSTRATION),
            "simulated": self._simulated,
            "late": facts.late,
            "note": note is not None,
        }
        stated = {
            "due_at": facts.due_at,
            "due_shortly": facts.due_shortly,
            "note": note,
            "version": discreet(policy.version, MOST_OF_A_NAME),
            "limit": say_length(policy.clock.limit, WORDING[self._office.locale]),
        }
        said = {form: [self._texts.mark(name, form, stated) for name, so in marks.items() if so] for form in Form}
        quotes = "".join(f"\n> {line}\n" for line in said[Form.MARKDOWN] if line)
        return Frame(
            title="".join(said[Form.TITLE]),
            sms="".join(said[Form.SMS]),
            markdown=f"\n{quotes.rstrip()}" if quotes else "",
            text="".join(f"\n{line}" for line in said[Form.TEXT] if line),
        )


def fits(letter: Letter, channel: Channel | None) -> bool:
    """Tell whether a channel takes a letter whole; with no channel, whether every channel does."""
    forms, kind = carried(None if channel is None else channel.kind), None if channel is None else channel.kind
    if Form.SMS in forms and measure(letter.sms).segments > MOST_SEGMENTS:
        return False
    return Form.MARKDOWN not in forms or _bytes(letter.title, letter.markdown) <= _most_bytes(kind)


def cut(said: Mapping[Form, str], frame: Frame, channel: Channel | None) -> dict[Form, str]:
    """Return the forms so short that a channel takes them with what is put around; markdown ends with a whole line."""
    kind, forms = None if channel is None else channel.kind, dict(said)
    room = _most_bytes(kind) - _bytes(frame.title, said[Form.TITLE], frame.markdown, ELLIPSIS)
    if _bytes(said[Form.MARKDOWN]) > room:
        kept = said[Form.MARKDOWN].encode()[: max(0, room)].decode(errors="ignore")
        forms[Form.MARKDOWN] = f"{kept[: kept.rfind(NEW_LINE) + 1] or kept}{ELLIPSIS}"
    while measure(forms[Form.SMS] + frame.sms).segments > MOST_SEGMENTS:
        forms[Form.SMS] = shorten(forms[Form.SMS], len(forms[Form.SMS]) - 1)
    return forms


def _most_bytes(kind: ChannelKind | None) -> int:
    return min(MOST_BYTES.values()) if kind is None else MOST_BYTES.get(kind, min(MOST_BYTES.values()))


def _bytes(*texts: str) -> int:
    return sum(len(text.encode()) for text in texts) + len(texts)


def shown(facts: Facts | Together) -> dict[str, Any]:
    """Return the fields by name, without taking their values apart."""
    return {field.name: getattr(facts, field.name) for field in fields(facts)}
