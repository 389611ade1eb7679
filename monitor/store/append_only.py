"""The triggers that keep the ledger append-only: no row is changed, removed or put out of turn.

They refuse the mistakes of programs and people at the database's own prompt. Whoever may drop them can still change
a row; the chain of hashes shows it (`monitor.store.verification`). Revision 0001 sets them: a change is a new revision.
"""

from __future__ import annotations

_SQLITE = (
    "CREATE TRIGGER event_keep BEFORE UPDATE ON event"
    " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no event is changed'); END",
    "CREATE TRIGGER event_stay BEFORE DELETE ON event"
    " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no event is removed'); END",
    # also keeps INSERT OR REPLACE out, which removes rows without asking the trigger above
    "CREATE TRIGGER event_next BEFORE INSERT ON event"
    " WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)"
    " BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps: the next event takes the next number'); END",
)

_POSTGRESQL = (
    """CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only: no event is changed or removed'; END $$""",
    """CREATE FUNCTION event_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event) THEN
        RAISE EXCEPTION 'the ledger has no gaps: the next event takes the next number';
      END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER event_keep BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_refuse()",
    "CREATE TRIGGER event_stay BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()",
    "CREATE TRIGGER event_next BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_in_turn()",
)


def append_only(dialect: str) -> tuple[str, ...]:
    """Return the statements that make the table ``event`` append-only on a database."""
    return _POSTGRESQL if dialect == "postgresql" else _SQLITE
