"""Whether the ledger is as it was written, and everything kept beside it is what follows from it.

1. Every row's hash is computed anew from its body and the hash before it (`monitor.store.chain`); the last one must
   be the head kept in `standing`, so that a chopped tail is found too.
2. The columns that are searched must say what the body says.
3. Outages, gaps, blips, first rounds, intervals and messages must be those that the events make.
4. Faults must be the fold of their events.
5. Every configuration that was adopted must be there, with the text that its digest names.
6. What entries of the registers keep apart must be there, with the text that its digest names, or erased by an event.
7. Figures and files of every edition of the report must be there, with the content that their digests name.
8. What people asked for and was done must be what an event says (`action_checks`).
9. Where judging stands, and the state of every line, must follow from events and rounds (`standing_checks`,
   `state_checks`); deliveries, stretches and hours must hold together in themselves (`delivery_checks`,
   `round_checks`, `hour_checks`). ``docs/ledger.md`` says what of these nobody can know.

Read in pages, of one state of the database. Memory is bounded by what is open at a time, by the lines, and by the
stretches of one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, type_coerce
from sqlalchemy.types import NullType

from monitor.store import tables
from monitor.store.chain import Head, link
from monitor.store.errors import LedgerConflict
from monitor.store.findings import Enough, Finding, Report, What
from monitor.store.ledger import PAGE, head
from monitor.store.record_checks import EventChecks, check_faults


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked through and found. ``complete`` is False where `ENOUGH` was reached."""

    events: int
    faults: int
    head: Head
    findings: tuple[Finding, ...]
    complete: bool


def verify(
    connection: Connection, progress: Callable[[int, int], None] | None = None, *, beside: bool = True
) -> Verification:
    """Check a database whose tables are of this version; ``progress`` is told events done and in all.

    Without ``beside`` only the ledger and what follows from it alone is checked (1 to 7), not what stands beside it.
    """
    report, complete = Report(), True
    count = connection.execute(select(func.count()).select_from(tables.event)).scalar_one()
    kept = _kept_head(connection, report)
    faults = 0
    try:
        checks = EventChecks(connection, report, beside=beside)
        _check_events(connection, kept, checks, report, lambda done: progress(done, count) if progress else None)
        faults = check_faults(connection, report)
    except Enough:
        complete = False
    findings = sorted(report.findings, key=lambda finding: (finding.seq is None, finding.seq or 0))
    return Verification(events=count, faults=faults, head=kept, findings=tuple(findings), complete=complete)


def _kept_head(connection: Connection, report: Report) -> Head:
    try:
        kept = head(connection)
    except LedgerConflict as error:
        report.add(What.HEAD, None, str(error))
        return Head()
    if type(kept.seq) is int and type(kept.hash) is str:
        return kept
    report.add(What.HEAD, None, f"the head kept in standing does not read: {kept.seq!r:.40}, {kept.hash!r:.80}")
    return Head()


# -- the chain ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Chain:
    """The walk along the chain: where it stands, and whether the hash there can be trusted."""

    report: Report
    seq: int = 0
    hash: str = Head().hash
    trusted: bool = True

    def step(self, row: Row[Any], following: str | None, body_after: str | None) -> bool:
        """Check one row, given the hash and body that stand behind it; tell whether its body is as written.

        Of a row that does not fit, the row behind it tells what was changed: that one was computed from the true hash.
        """
        if row.seq != self.seq + 1:
            which = f"{self.seq + 1}" if row.seq == self.seq + 2 else f"{self.seq + 1} to {row.seq - 1}"
            self.report.add(What.ROWS_MISSING, self.seq + 1, f"event {which} missing from the ledger")
            self.trusted = False
        computed = link(self.hash, row.seq, str(row.body))
        fits = computed == row.hash
        kept, anew = (_leads(hash_, row.seq, body_after, following) for hash_ in (str(row.hash), computed))
        self.seq = row.seq
        if fits or (not self.trusted and kept is not False):
            fine = fits or self._unchecked(row.seq)
            self.hash, self.trusted = str(row.hash), True
            return fine
        self._name(row.seq, kept=kept, anew=anew)
        self.hash, self.trusted = (computed, True) if anew else (str(row.hash), bool(kept))
        return bool(anew)

    def _unchecked(self, seq: int) -> bool:
        self.report.add(What.UNCHECKED, seq, f"event {seq} cannot be checked, because what stands before it is broken")
        return True

    def _name(self, seq: int, *, kept: bool | None, anew: bool | None) -> None:
        if anew:
            self.report.add(What.HASH_ALTERED, seq, f"the hash of event {seq} was altered; its body is as written")
        elif kept:
            self.report.add(What.BODY_ALTERED, seq, f"the body of event {seq} was altered: it does not give its hash")
        else:
            self.report.add(What.ROW_ALTERED, seq, f"event {seq} was altered: it fits neither before nor after it")


def _leads(hash_: str, seq: int, body_after: str | None, following: str | None) -> bool | None:
    """Tell whether a hash of row ``seq`` is the one that the row behind was computed from; None if there is none."""
    if following is None:
        return None
    if body_after is None:  # the last row: the head is kept as it was
        return hash_ == following
    return link(hash_, seq + 1, body_after) == following


def _check_events(
    connection: Connection, kept: Head, checks: EventChecks, report: Report, progress: Callable[[int], None]
) -> None:
    walk = _Chain(report)
    for done, (row, after) in enumerate(_in_pairs(_rows(connection)), 1):
        if after is not None and after.seq == row.seq + 1:
            intact = walk.step(row, str(after.hash), str(after.body))
        else:
            intact = walk.step(row, kept.hash if after is None and kept.seq == row.seq else None, None)
        checks.take(row, intact=intact)
        if done % PAGE == 0:
            progress(done)
    _check_head(walk, kept, report)
    checks.finish()
    progress(walk.seq)


def _check_head(walk: _Chain, kept: Head, report: Report) -> None:
    if walk.seq < kept.seq:
        which = f"{kept.seq}" if kept.seq == walk.seq + 1 else f"{walk.seq + 1} to {kept.seq}"
        report.add(What.ROWS_MISSING, walk.seq + 1, f"event {which} missing from the end of the ledger")
    elif walk.seq > kept.seq:
        report.add(What.HEAD, kept.seq + 1, f"the ledger goes on after event {kept.seq}, which is kept as its last")
    elif walk.trusted and walk.hash != kept.hash:
        report.add(What.HEAD, kept.seq, f"the hash kept of the last event, {kept.seq}, is not the one it has")


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    columns = tables.event.c
    # the instant as the database keeps it: a changed file may hold there what is no instant at all
    query = select(columns.seq, type_coerce(columns.at, NullType()).label("at"), columns.kind, columns.fault_no)
    query = query.add_columns(columns.line, columns.body, columns.hash).order_by(columns.seq).limit(PAGE)
    after: int | None = None
    while page := connection.execute(query if after is None else query.where(columns.seq > after)).all():
        yield from page
        after = page[-1].seq


def _in_pairs(rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    before: Row[Any] | None = None
    for row in rows:
        if before is not None:
            yield before, row
        before = row
    if before is not None:
        yield before, None
