"""What devices said last outlives a stop and a crash, on both databases (section 8 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from monitor.faults.events import EvidenceFound
from monitor.faults.evidence import DeviceSaid, weigh
from monitor.faults.evidence import Testimony as Heard
from monitor.faults.terms import Reason
from monitor.sla.spelling import spell_time
from monitor.store import tables
from monitor.store.chain import link
from monitor.store.database import url_of, writing_engine
from monitor.store.store import Store
from tests.export.watched import Watched
from tests.histories import History, at, history, judge, rounds, since_start

RESTARTED, CHANGED, CONTINUOUS = Reason.AGENT_RESTARTED, Reason.PORT_CHANGED, Reason.UPTIME_CONTINUOUS
UNIT = 10  # seconds: a quiet line is written every 45 s only


def said(place: int, up: float, boots: int, changed: float | None = None) -> DeviceSaid:
    """Return what the device said at a round, its times counted in rounds too."""
    wan = None if changed is None else UNIT * changed
    return DeviceSaid("L1", at(UNIT * place), UNIT * up, boots, "up", wan)


# Three outages: the device restarts in the first; its port changes in the second, and it runs on in the third.
THREE = history(
    rounds("L1", "8o8x8o4x102o6x8o", every=UNIT),
    said=[
        *(said(place, 5000 + place, 7) for place in (1, 3, 5, 7)),
        *(said(place, place - 12, 8, 0.1) for place in (18, 20, 22)),
        *(said(place, place - 12, 8, 13.5) for place in (32, 90, 120)),
        said(138, 126, 8, 13.5),
    ],
    end=140 * UNIT,
)
FOUND = [(1, {RESTARTED, CHANGED}), (2, {CHANGED, CONTINUOUS}), (3, {CONTINUOUS})]


def watched(what: History, url: str, crashes: Iterable[int] = (), stops: Iterable[int] = ()) -> list[EvidenceFound]:
    """Watch a history, committing every instant; return the evidence that the ledger holds at the end."""
    county, crashes, stops = Watched(what, url), set(crashes), set(stops)
    for second in what.instants():
        county.step(second)
        county.commit()
        if second in crashes:
            county.crash(second)
        elif second in stops:
            county.stop(second)
    assert () == county.store.verify().findings
    events = [recorded.event for recorded in county.store.events(kinds=(EvidenceFound,))]
    county.store.close()
    return [event for event in events if isinstance(event, EvidenceFound)]


def outline(found: Iterable[EvidenceFound]) -> list[tuple[int, set[Reason]]]:
    return [(event.episode, set(event.reasons)) for event in found]


def test_evidence_is_found_without_any_stop() -> None:
    """The history of this file says what it is meant to."""
    assert FOUND == outline(judge(THREE).all(EvidenceFound))


@pytest.mark.parametrize("how", ["crash", "stop"])
def test_a_stop_after_any_instant_changes_no_evidence(url: str, how: str) -> None:
    every = [second for second in THREE.instants() if 6 * UNIT < second < 34 * UNIT or second > 129 * UNIT]
    found = watched(THREE, url, **{"crashes" if how == "crash" else "stops": every})
    assert FOUND == outline(found)


def test_every_reason_follows_again_from_the_words_kept_with_it(url: str) -> None:
    found = watched(THREE, url)
    faults = {fault.no: fault for fault in judge(THREE).faults().values()}
    for event in found:
        episode = faults[event.no].episodes[event.episode - 1]
        assert episode.restored_at is not None
        words = Heard(event.before, event.after)
        assert event.reasons == weigh(words, first_failed_at=episode.first_failed_at, restored_at=episode.restored_at)


def test_a_crash_in_an_outage_keeps_the_last_word_before_it(url: str) -> None:
    [first, *_] = watched(THREE, url, crashes=[12 * UNIT])
    assert first.before is not None
    assert first.after is not None
    assert (7 * UNIT, 7, 18 * UNIT, 8) == (
        since_start(first.before.at),
        first.before.engine_boots,
        since_start(first.after.at),
        first.after.engine_boots,
    )


def test_the_word_before_an_open_outage_can_be_read(url: str) -> None:
    county = Watched(THREE, url)
    for second in (each for each in THREE.instants() if each <= 12 * UNIT):
        county.step(second)
        county.commit()
    assert Heard(before=said(7, 5007, 7)) == county.store.heard("L1")
    assert None is county.store.heard("L2")
    county.store.close()


def test_evidence_without_figures_of_an_earlier_version_still_verifies(url: str) -> None:
    """A row as it was written before: the chain holds its text, whatever later versions would write."""
    watched(THREE, url)
    store = Store.open(url)
    no, seq, when = store.faults()[-1].no, store.head.seq + 1, at(THREE.end)
    body = f'{{"at":"{spell_time(when)}","episode":1,"kind":"evidence_found","no":"{no}","reasons":["{CONTINUOUS}"]}}'
    after = link(store.head.hash, seq, body)
    row = {"seq": seq, "at": when, "kind": "evidence_found", "fault_no": no, "line": None, "body": body, "hash": after}
    store.close()
    with writing_engine(url_of(url)).connect() as connection, connection.begin():
        connection.execute(tables.event.insert(), row)
        connection.execute(tables.standing.update().values(head_seq=seq, head_hash=after))
    with Store.open(url) as store:
        assert () == store.verify().findings
        last = list(store.events())[-1].event
        assert EvidenceFound(at=when, no=no, episode=1, reasons=(CONTINUOUS,)) == last
