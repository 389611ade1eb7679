"""The editions of the report on record: each refusal names its rule and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.editions.edition import Edition
from monitor.faults.actions import ActionRefused
from monitor.faults.events import EditionDrawn, EditionFrozen, EditionSent, EditionWorded
from monitor.faults.terms import Source
from monitor.supervision.casebook import Casebook

LONGEST_TEXT = 10_000  # characters of a text by the centre

Publishing = DrawEdition | WordEdition | NoteSending


def publish(action: Publishing, cases: Casebook) -> None:
    """Put what was done with an edition on record.

    Raises:
        ActionRefused: it cannot be done.
    """
    reason = next(_reasons(action, cases.editions.named(action.edition)), None)
    if reason is not None:
        raise ActionRefused(f"report {action.edition}: {reason}")
    match action:
        case DrawEdition():
            cases.happened(_made(action, cases))
        case WordEdition():
            cases.happened(_worded(action))
        case NoteSending():
            cases.happened(_sent(action))


def _reasons(action: Publishing, edition: Edition | None) -> Iterator[str]:
    """Go through the reasons for which it cannot be done."""
    if action.by not in (Source.CENTRE, Source.MONITOR):
        yield "only the centre may publish it"
    match action:
        case DrawEdition():
            yield from _of_a_drawing(action, edition)
        case WordEdition():
            yield from _of_the_texts(action, edition)
        case NoteSending():
            if edition is None or not 0 < action.number <= len(edition.made):
                yield f"there is no drawing {action.number} of it to send"


def _of_a_drawing(action: DrawEdition, edition: Edition | None) -> Iterator[str]:
    made = () if edition is None else edition.made
    if edition is not None and edition.frozen is not None:
        yield "it is frozen: what is found later goes into the amendments of the next one"
    if action.number != len(made) + 1:
        yield f"it was drawn up {len(made)} times by now: somebody else drew it up meanwhile"
    if not action.begins_at < action.ends_at:
        yield "its period ends before it begins"
    if made and (made[0].begins_at, made[0].ends_at) != (action.begins_at, action.ends_at):
        yield "its period was another before"
    if action.frozen and action.ends_at > action.at:
        yield "its period is not over: only then can it be frozen"


def _of_the_texts(action: WordEdition, edition: Edition | None) -> Iterator[str]:
    versions = 0 if edition is None else len(edition.worded)
    if edition is not None and edition.frozen is not None:
        yield "it is frozen: its texts cannot be changed any more"
    if action.version != versions + 1:
        yield f"its texts have {versions} versions by now, others than you saw: look at them again"
    if any(len(text or "") > LONGEST_TEXT for text in (action.last_orders, action.next_orders)):
        yield f"a text has at most {LONGEST_TEXT} characters"


def _made(action: DrawEdition, cases: Casebook) -> EditionDrawn | EditionFrozen:
    before = cases.editions.named(action.edition)
    others = (each for each in cases.editions.all() if each.key != action.edition)
    still = action.digests.union(*(each.digests for each in others))
    superseded = frozenset() if before is None else before.digests - still
    return (EditionFrozen if action.frozen else EditionDrawn)(
        at=action.at,
        edition=action.edition,
        begins_at=action.begins_at,
        ends_at=action.ends_at,
        number=action.number,
        as_of=action.as_of,
        policy=action.policy,
        ledger_seq=action.ledger_seq,
        ledger_hash=action.ledger_hash,
        figures=action.figures,
        files=action.files,
        made_with=action.made_with,
        superseded=tuple(sorted(superseded)),
        who=action.who,
        why=action.why,
    )


def _worded(action: WordEdition) -> EditionWorded:
    return EditionWorded(
        at=action.at,
        edition=action.edition,
        version=action.version,
        last_orders=action.last_orders,
        next_orders=action.next_orders,
        who=action.who,
        why=action.why,
    )


def _sent(action: NoteSending) -> EditionSent:
    return EditionSent(
        at=action.at,
        edition=action.edition,
        number=action.number,
        channel=action.channel,
        recipients=action.recipients,
        fate=action.fate,
        status=action.status,
        answer=action.answer,
        who=action.who,
        why=action.why,
    )
