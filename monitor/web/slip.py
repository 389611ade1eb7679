"""The slip that a dispatcher fills in: takes the fault on, says when it will be repaired, or that it is.

A form and a program's JSON fill in the same fields by the same rules; what is wrong is named by the field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from hashlib import sha256

from monitor.config.quantities import parse_local_instant
from monitor.faults.actions import FARTHEST_ETA, Acknowledge, ClaimRestored, GiveEta, LineAction
from monitor.faults.terms import Source

FIELDS = ("action", "who", "eta", "why", "id")
LONGEST = {"who": 40, "why": 200, "eta": 40, "id": 64}  # characters
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, direction, half a character, ends of lines
BROKEN = "\ufffd"  # what stands for bytes that are no text
NAME = re.compile(r"[A-Za-z0-9_.:-]+")


class Deed(StrEnum):
    """What a slip does, by the names of ``replay.md`` as far as it has them."""

    ACKNOWLEDGE = "acknowledge"
    ETA = "eta"
    CLAIM = "claim_restored"


class Flaw(StrEnum):
    """What can be wrong with a field."""

    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_ACTION = "unknown_action"
    NO_TEXT = "no_text"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    BAD_ID = "bad_id"
    ETA_MISSING = "eta_missing"
    ETA_UNASKED = "eta_unasked"
    ETA_UNREADABLE = "eta_unreadable"
    ETA_PAST = "eta_past"
    ETA_FAR = "eta_far"


class Misfilled(Exception):
    """A slip that cannot be taken: its ``flaw``, in a ``field``."""

    def __init__(self, flaw: Flaw, field: str) -> None:
        """Name them."""
        super().__init__(f"{field}: {flaw}")
        self.flaw, self.field = flaw, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip filled in at ``at``; the same ``id`` with the same words is the same slip, handed in once more."""

    at: datetime
    id: str
    deed: Deed
    who: str | None = None
    eta: datetime | None = None
    why: str | None = None

    def asked(self, no: str, line: str) -> Iterator[tuple[str, LineAction]]:
        """Go through what it asks for of a fault, each with the name that it has in the inbox.

        The carrier says so: its link was used. An acknowledgement with a time is two things.
        """
        for deed in (self.deed, Deed.ETA) if self.deed is Deed.ACKNOWLEDGE and self.eta else (self.deed,):
            words = repr((self.id, deed.value, self.who, self.why, str(self.eta)))
            yield f"{mark_of(no)}{sha256(words.encode()).hexdigest()[:32]}", self._action(deed, no, line)

    def _action(self, deed: Deed, no: str, line: str) -> LineAction:
        at, by, who, why = self.at, Source.CARRIER, self.who, self.why
        if deed is Deed.ETA and self.eta is not None:
            return GiveEta(at=at, by=by, who=who, why=why, no=no, line=line, eta=self.eta)
        kind = ClaimRestored if deed is Deed.CLAIM else Acknowledge
        return kind(at=at, by=by, who=who, why=why, no=no, line=line)


def mark_of(no: str) -> str:
    """Return what the inbox's names of a fault's slips begin with."""
    return f"answer:{no}:"


def read_slip(given: Mapping[str, object], *, id_else: str, now: datetime, zone: tzinfo) -> Slip:
    """Read the fields of a slip; ``id_else`` is its id where it brings none. Local times are those of ``zone``.

    Raises:
        Misfilled: a field is wrong; nothing is to be done then.
    """
    for field in given:
        if field not in FIELDS:
            raise Misfilled(Flaw.UNKNOWN_FIELD, field[:40])
    texts = {field: _text(field, given.get(field)) for field in FIELDS[1:]}
    deed, eta = given.get("action"), texts["eta"]
    if not isinstance(deed, str) or deed not in list(Deed):
        raise Misfilled(Flaw.UNKNOWN_ACTION, "action")
    if texts["id"] is not None and NAME.fullmatch(texts["id"]) is None:
        raise Misfilled(Flaw.BAD_ID, "id")
    if deed == Deed.ETA and eta is None:
        raise Misfilled(Flaw.ETA_MISSING, "eta")
    if deed == Deed.CLAIM and eta is not None:
        raise Misfilled(Flaw.ETA_UNASKED, "eta")
    return Slip(
        at=now,
        id=texts["id"] or id_else,
        deed=Deed(deed),
        who=texts["who"],
        eta=None if eta is None else _eta(eta, now, zone),
        why=texts["why"],
    )


def _text(field: str, given: object) -> str | None:
    """Return a field's text with its spaces evened out, None where there is none."""
    if given is None:
        return None
    if not isinstance(given, str):
        raise Misfilled(Flaw.NO_TEXT, field)
    if BROKEN in given or any(unicodedata.category(letter) in UNSEEN for letter in given):
        raise Misfilled(Flaw.UNSEEN, field)
    text = " ".join(given.split())
    if len(text) > LONGEST[field]:
        raise Misfilled(Flaw.TOO_LONG, field)
    return text or None


def _eta(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read when it will be repaired; the judging holds it to the same limits, at its own instant."""
    try:
        eta = parse_local_instant(text, zone=zone)
    except ValueError as error:
        raise Misfilled(Flaw.ETA_UNREADABLE, "eta") from error
    if eta <= now:
        raise Misfilled(Flaw.ETA_PAST, "eta")
    if eta > now + FARTHEST_ETA:
        raise Misfilled(Flaw.ETA_FAR, "eta")
    return eta
