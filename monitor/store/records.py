"""What the database knows, for readers: any number of them, while the daemon writes.

Every question is answered from one state of the database. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, and_, func, or_, select

from monitor.editions.edition import Editions
from monitor.faults.blindness import Sight
from monitor.faults.events import Event, ExclusionGranted, FaultClosed
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault, Status
from monitor.faults.outage import Watch
from monitor.sla.history import Histories, concerns
from monitor.sla.spans import FOREVER, Span
from monitor.sla.tally import Tally
from monitor.store import editions, revision, tables
from monitor.store.attached import named_attachments
from monitor.store.bodies import bodies_of
from monitor.store.chain import Head
from monitor.store.codec import event_of, fault_of, sight_of
from monitor.store.database import reading, reading_engine, require_file, url_of
from monitor.store.ledger import Recorded, events, head
from monitor.store.letters import Letters
from monitor.store.projection import IntervalKind, IntervalRow
from monitor.store.remembered import heard, rollup_of, watches
from monitor.store.rollups import Rollup
from monitor.store.rows import parts, row_of
from monitor.store.stretches import Stretch
from monitor.store.verification import Verification, verify


class Records(Letters):
    """The database, open for reading."""

    def __init__(self, url: str) -> None:
        """Prepare to read, without looking at the tables: `of` is what is wanted.

        Raises:
            StoreError: the URL is of no database that can be used.
        """
        self.url = url_of(url)
        self._engine = reading_engine(self.url)
        self._held: Connection | None = None

    @classmethod
    def of(cls, url: str) -> Self:
        """Open a database to read from; a daemon may write to it meanwhile.

        Raises:
            StoreMissing: there is none, or no tables in it.
            RevisionMismatch: its tables are of another version.
            StoreUnavailable: it cannot be reached.
        """
        require_file(url_of(url))
        records = cls(url)
        try:
            with records.reading() as connection:
                revision.require(connection)
        except BaseException:
            records.close()
            raise
        return records

    def close(self) -> None:
        """Give up the connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Lend it to a ``with`` statement."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees one state of the database from beginning to end."""
        if self._held is not None:
            yield self._held
            return
        with reading(self._engine) as connection:
            yield connection

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Answer every question from one state of the database, in one thread, until the end of the ``with``."""
        with reading(self._engine) as connection:
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    # -- faults --------------------------------------------------------------------------------------------------

    def faults(
        self,
        *,
        open_only: bool = False,
        discovered: Span | None = None,
        nos: Iterable[str] | None = None,
    ) -> list[Fault]:
        """Return faults by discovery, then number: all of them, or those that every condition given admits.

        ``discovered`` is a period of their discovery (a month: `monitor.sla.spans` from local midnight to midnight).
        """
        columns = tables.fault.c
        query = select(columns.no, columns.body).order_by(columns.discovered_at, columns.no)
        if open_only:
            query = query.where(columns.status == Status.OPEN.value)
        if discovered is not None:
            query = query.where(columns.discovered_at >= discovered[0], columns.discovered_at < discovered[1])
        with self.reading() as connection:
            if nos is None:
                return [fault_of(body, no) for no, body in connection.execute(query)]
            asked = [query.where(columns.no.in_(part)) for part in parts(sorted(set(nos)))]
            found = [fault_of(body, no) for one in asked for no, body in connection.execute(one)]
        return sorted(found, key=lambda fault: (fault.discovered_at, fault.no))

    def latest_of(self, line: str) -> str | None:
        """Return the number of a line's open fault, else of its latest; None where it had none."""
        columns = tables.fault.c
        query = select(columns.no).where(columns.line == line)
        query = query.order_by(columns.status != Status.OPEN.value, columns.discovered_at.desc(), columns.no.desc())
        with self.reading() as connection:
            found: str | None = connection.execute(query.limit(1)).scalar()
        return found

    def concerned(self, period: Span) -> list[Fault]:
        """Return the faults that figures of a period rest on, by discovery: see `monitor.sla.history.concerns`."""
        begin, end = period
        columns = tables.fault.c
        lasting = or_(columns.restored_at.is_(None), columns.restored_at > begin)
        down = and_(columns.first_failed_at < end, lasting)
        discovered = and_(columns.discovered_at >= begin, columns.discovered_at < end)
        query = select(columns.no, columns.body).where(or_(down, discovered))
        with self.reading() as connection:
            excluded = parts(sorted(_excluded_in(connection, period)))
            asked = [select(columns.no, columns.body).where(columns.no.in_(part)) for part in excluded]
            found = {no: fault_of(body, no) for one in (query, *asked) for no, body in connection.execute(one)}
        concerned = (fault for fault in found.values() if concerns(fault, period))
        return sorted(concerned, key=lambda fault: (fault.discovered_at, fault.no))

    def tally(self) -> Tally:
        """Count faults over the whole ledger."""
        tally = Tally()
        columns = tables.fault.c
        opened = select(columns.carrier, columns.source, func.count()).group_by(columns.carrier, columns.source)
        with self.reading() as connection:
            for carrier, source, count in connection.execute(opened):
                tally.opened[carrier, source] = count
            tally.take(item.event for item in events(connection, kinds=(FaultClosed,)))
        return tally

    # -- the ledger ----------------------------------------------------------------------------------------------

    def events(
        self,
        *,
        after: int = 0,
        fault_no: str | None = None,
        kinds: Iterable[type[Event]] | None = None,
        line: str | None = None,
        period: Span | None = None,
    ) -> Iterator[Recorded]:
        """Go through the ledger after a row, in order; only of a fault, some kinds, a line, a period where given."""
        with self.reading() as connection:
            yield from events(connection, after=after, fault_no=fault_no, kinds=kinds, line=line, period=period)

    def latest_of_lines(self, kinds: Iterable[type[Event]]) -> list[Recorded]:
        """Return the last event of each line that is of one of some kinds, in the order of the ledger."""
        columns = tables.event.c
        latest = select(func.max(columns.seq)).where(columns.kind.in_([kind.kind for kind in kinds]))
        query = select(columns.seq, columns.body).where(columns.seq.in_(latest.group_by(columns.line)))
        with self.reading() as connection:
            found = connection.execute(query.order_by(columns.seq)).all()
        return [Recorded(seq, event_of(body, seq)) for seq, body in found]

    def events_of(self, nos: Iterable[str]) -> list[Recorded]:
        """Return the events of some faults, in the order of the ledger."""
        columns = tables.event.c
        with self.reading() as connection:
            queries = (select(columns.seq, columns.body).where(columns.fault_no.in_(part)) for part in parts(nos))
            found = [(seq, body) for query in queries for seq, body in connection.execute(query)]
        return [Recorded(seq, event_of(body, seq)) for seq, body in sorted(found)]

    def verify(self, progress: Callable[[int, int], None] | None = None, *, beside: bool = True) -> Verification:
        """Check the ledger, what follows from it and what stands ``beside`` it; see `monitor.store.verification`."""
        with self.reading() as connection:
            return verify(connection, progress, beside=beside)

    def configuration(self, digest: str) -> str | None:
        """Return the text of a configuration that was adopted, None where there is none of that digest."""
        query = select(tables.configuration.c.body).where(tables.configuration.c.digest == digest)
        with self.reading() as connection:
            text: str | None = connection.execute(query).scalar()
            return text

    def bodies(self, digests: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return what entries of the registers keep apart, by digest; what was erased is not among it."""
        with self.reading() as connection:
            return bodies_of(connection, digests)

    def editions(self) -> Editions:
        """Return every edition of the report."""
        with self.reading() as connection:
            return editions.on_record(connection)

    def edition_body(self, digest: str) -> bytes | None:
        """Return the figures or a file of an edition of the report, None where nothing of that digest is kept."""
        with self.reading() as connection:
            return editions.content(connection, digest)

    def begins_at(self) -> datetime | None:
        """Return the instant of the ledger's first event, None where there is none."""
        with self.reading() as connection:
            at: datetime | None = connection.execute(select(tables.event.c.at).where(tables.event.c.seq == 1)).scalar()
            return at

    def stands_at(self) -> Head:
        """Return the last row of the ledger."""
        with self.reading() as connection:
            return head(connection)

    def attached(self, digest: str) -> Iterator[Event]:
        """Go through the events that name an attachment as theirs."""
        column = tables.event.c.body
        query = select(column, tables.event.c.seq).where(column.contains(f'"attachment":"{digest}"', autoescape=True))
        with self.reading() as connection:
            yield from (event_of(body, seq) for body, seq in connection.execute(query))

    def asked_with(self, attachment: str) -> bool:
        """Tell whether an action that waits names an attachment as its own."""
        columns = tables.action.c
        named = columns.body.contains(f'"attachment":"{attachment}"', autoescape=True)
        with self.reading() as connection:
            return connection.execute(select(columns.id).where(columns.state == "pending", named)).first() is not None

    def named_attachments(self) -> set[str]:
        """Return the SHA-256 of every file that the record names, those that were erased left out."""
        with self.reading() as connection:
            return named_attachments(connection)

    # -- lines and the monitor -----------------------------------------------------------------------------------

    def judged_at(self) -> datetime | None:
        """Return the last instant judged: the daemon's heartbeat. None on a new database."""
        with self.reading() as connection:
            at: datetime | None = connection.execute(select(tables.standing.c.judged_at)).scalar()
            return at

    def sight(self) -> Sight:
        """Return what the monitor sees: since when it is blind, if it is."""
        with self.reading() as connection:
            body = connection.execute(select(tables.standing.c.sight)).scalar()
            return Sight() if body is None else sight_of(body)

    def watches(self) -> dict[str, Watch]:
        """Return the state of every line ever judged; a quiet line's ``last_at`` is up to a minute old."""
        with self.reading() as connection:
            return watches(connection)

    def heard(self, line: str) -> Testimony | None:
        """Return what a line's device said around its latest outage, as far as it is not weighed yet."""
        with self.reading() as connection:
            return heard(connection, line).get(line)

    def intervals(self, kind: IntervalKind, period: Span) -> list[IntervalRow]:
        """Return when the monitor was blind or stopped, as far as it touches a period."""
        columns = tables.monitor_interval.c
        query = select(tables.monitor_interval).where(
            columns.kind == kind.value,
            columns.begin_at < period[1],
            or_(columns.end_at.is_(None), columns.end_at > period[0]),
        )
        with self.reading() as connection:
            return [row_of(IntervalRow, row) for row in connection.execute(query.order_by(columns.seq))]

    def histories(self, period: Span) -> Histories:
        """Return what is on record of all lines as far as it touches a period: the material of availability.

        Last rounds and faults are apart: `watches`, `concerned`.
        """
        known = Histories()
        begin, end = period
        seen, gap, down, blip = tables.line_seen.c, tables.line_unknown.c, tables.outage.c, tables.blip.c
        lasting = or_(down.restored_at.is_(None), down.restored_at > begin)
        gaps = select(gap.line, gap.begin_at, gap.end_at).where(gap.end_at > begin, gap.begin_at < end)
        outages = select(down.line, down.first_failed_at, down.restored_at).where(lasting, down.first_failed_at < end)
        blips = select(blip.line, blip.first_failed_at, blip.ended_at)
        blips = blips.where(blip.ended_at > begin, blip.first_failed_at < end)
        asked = (
            (known.gaps, gaps.order_by(gap.seq)),
            (known.outages, outages.order_by(down.seq)),
            (known.blips, blips.order_by(blip.seq)),
        )
        with self.reading() as connection:
            for line, at in connection.execute(select(seen.line, seen.first_seen_at)):
                known.first_seen[line] = at
            for kept, query in asked:
                for line, since, until in connection.execute(query):
                    kept[line].append((since, until or FOREVER))
        return known

    def stretches(self, period: Span) -> Iterator[Stretch]:
        """Go through the stretches that touch a period, open ones too, by target, subject and number."""
        with self.reading() as connection:
            for table in (tables.stretch, tables.open_stretch):
                touching = select(table).where(table.c.last_at >= period[0], table.c.first_at < period[1])
                ordered = touching.order_by(table.c.target, table.c.subject, table.c.number)
                for row in connection.execution_options(yield_per=1_000).execute(ordered):
                    yield Stretch(*row)

    def hours(self, period: Span, line: str | None = None) -> list[Rollup]:
        """Return the hourly roll-ups that begin in a period, of one line or of all, by line and hour."""
        columns = tables.hourly.c
        query = select(tables.hourly).where(columns.hour >= period[0], columns.hour < period[1])
        if line is not None:
            query = query.where(columns.line == line)
        with self.reading() as connection:
            return [rollup_of(row) for row in connection.execute(query.order_by(columns.line, columns.hour))]

    def hourly_means(self, period: Span) -> dict[str, list[float]]:
        """Return each line's hourly mean round-trip times in a period, in seconds, from the oldest."""
        columns = tables.hourly.c
        query = select(columns.line, columns.rtt_mean).where(
            columns.hour >= period[0], columns.hour < period[1], columns.rtt_mean.is_not(None)
        )
        means: dict[str, list[float]] = {}
        with self.reading() as connection:
            for line, mean in connection.execute(query.order_by(columns.line, columns.hour)):
                means.setdefault(line, []).append(mean)
        return means


def _excluded_in(connection: Connection, period: Span) -> set[str]:
    """Return the numbers of the faults with an exclusion, revoked or not, that touches a period."""
    nos: set[str] = set()
    for item in events(connection, kinds=(ExclusionGranted,)):
        match item.event:
            case ExclusionGranted(no=no, begins_at=begin, ends_at=end) if begin < period[1] and end > period[0]:
                nos.add(no)
            case _:
                pass
    return nos
