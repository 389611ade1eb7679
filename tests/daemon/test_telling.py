"""A line is cut, and who must know of it knows: by every kind of channel, with real programs at their other ends."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.faults.events import DaemonStarted, FaultAcknowledged, FaultNotified, MessageDue
from monitor.store.deliveries import State
from tests.daemon.audience import PUBLIC, TO_THE_CARRIER, Attended, Audience, attended
from tests.daemon.county import County, county
from tests.receivers.hook import Hook
from tests.receivers.web import Request, Response

LINK = re.compile(re.escape(PUBLIC) + r"(/a/[A-Za-z0-9_.-]+)")
ADDRESS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f]+:[0-9a-f:]*::")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        yield made


def watching(here: County) -> None:
    """Start the daemon, and wait until both lines are up."""
    here.start()
    here.until_page(line_up=1, L2_line_up=1)


def cut(here: County, *lines: str, up: bool = False) -> None:
    """Cut lines at the router, or mend them."""
    for line in lines:
        here.router.link({"L1": "edge1", "L2": "edge2"}[line], up=up)


def until_told(at: Attended, kind: str, count: int = 1) -> None:
    """Wait until every receiver of the carrier has so many messages of a kind."""
    wanted = dict.fromkeys(TO_THE_CARRIER, count)
    at.county.until(lambda: wanted == at.audience.told(kind), f"{kind} everywhere: {at.audience.told(kind)}")


def link_in(text: str) -> str:
    """Return the path of the link in a message."""
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def states(here: County) -> dict[tuple[str, str], State]:
    """Return how the deliveries of the only fault stand, by channel and kind."""
    [fault] = here.faults()
    with here.records() as records:
        return {(each.channel, each.kind.value): each.state for each in records.deliveries_of(fault.no)}


def test_a_cut_and_its_end_are_told_through_every_kind_of_channel(here: County) -> None:
    """Each receiver checks what the real one checks: keys, signatures, sizes, paces, TLS and a login.

    People read no address of a device; the carrier alone gets a link; the record and the page know what was sent.
    """
    with attended(here) as at:
        watching(here)
        cut(here, "L1")
        until_told(at, "opened")
        cut(here, "L1", up=True)
        until_told(at, "restored")
        here.until_page(monitor_outbox_pending=0)
        here.until(lambda: 7 == list(here.deliveries().values()).count(2.0), "both messages by seven channels")
        read = at.audience.everything()
        here.stop()

    everybody = {*TO_THE_CARRIER, "centre"}
    assert everybody == {channel for channel, texts in read.items() if len(texts) == 2}
    [fault] = here.faults()
    for channel in sorted(everybody):
        opened, restored = read[channel]
        print(f"--- {channel}", opened, restored, sep="\n")
        assert {"财政局"} == {name for name in ("财政局", "教育局") if name in opened + restored}
        assert None is ADDRESS.search(opened + restored)
        linked = channel in TO_THE_CARRIER and channel != "unicom-sms"  # an SMS has no room for it
        assert linked == (LINK.search(opened) is not None)
        assert None is LINK.search(restored)
        assert fault.no in restored
    hook = at.audience.hook
    assert {f"{fault.no}:opened": 1, f"{fault.no}:restored:1": 1} == hook.copies
    assert (fault.no, "L1", "财政局") == tuple(hook.payloads[f"{fault.no}:opened"]["fault"][key]
                                             for key in ("no", "line", "unit_name"))  # fmt: skip
    assert [True, True] == [mail.encrypted for mail in at.audience.mails]
    assert {"monitor"} == {mail.login for mail in at.audience.mails}
    assert (0, 0, 0) == (at.audience.dingtalk.refused, at.audience.wecom.refused, at.audience.feishu.refused)
    assert {State.DELIVERED} == {state for (_, kind), state in states(here).items() if kind != "unacknowledged"}
    assert set(TO_THE_CARRIER) == {told.via for told in here.events(FaultNotified)}
    with here.records() as records:
        assert ["delivered"] * 14 == [each.fate for each in records.attempts_of(fault.no)]
        assert () == records.verify().findings


def test_what_nobody_takes_on_goes_up_and_a_link_ends_that(here: County) -> None:
    """GET shows and changes nothing; POST acknowledges; the leader hears only of the fault that nobody took on."""
    with attended(here, ack_target="20s") as at:
        watching(here)
        cut(here, "L1", "L2")
        until_told(at, "opened", 2)
        mine = next(each for each in at.audience.hook.payloads.values() if each["fault"]["line"] == "L1")
        link = link_in(mine["text"])
        status, page = here.browse(link)
        assert (200, True) == (status, "财政局" in page)
        here.browse(link)
        assert [] == here.events(FaultAcknowledged)
        status, _ = here.browse(link, form={"action": "acknowledge", "who": "李工", "id": "tap"})
        assert 303 == status
        here.until(lambda: 1 == len(here.events(FaultAcknowledged)), "the button acknowledges")
        here.until(lambda: 1 == len(at.audience.leader.payloads), "the other one goes to the leader")
        here.until_page(fault_acknowledged=1, L2_fault_acknowledged=0)
        time.sleep(3)
        [[up]] = [list(at.audience.leader.payloads.values())]
        print(up["text"])
        here.stop()
    assert ("unacknowledged", "L2") == (up["kind"], up["fault"]["line"])
    assert "教育局" in up["text"]
    [taken] = here.events(FaultAcknowledged)
    assert (mine["fault"]["no"], "李工", "carrier") == (taken.no, taken.who, taken.by)
    with here.records() as records:
        [escalated] = [each for each in records.deliveries_of(taken.no) if each.kind == "unacknowledged"]
    assert (State.UNWANTED, "acknowledged") == (escalated.state, escalated.status)


def test_a_clock_that_waits_for_the_notice_starts_with_the_first_one_delivered(here: County) -> None:
    """`clock.start: notified`: while the receiver is out of order nothing counts; then from when it took the notice."""
    tries: list[float] = []

    class OutOfOrder(Hook):
        def __call__(self, request: Request) -> Response:
            tries.append(time.time())
            return Response(status=500) if len(tries) == 1 else super().__call__(request)

    with attended(here, audience=Audience(hook=OutOfOrder())) as at:
        at.write(routes="routes: [{kinds: all, channels: [unicom-hook]}]\n")
        policy = here.folder / "policy.yaml"
        policy.write_text(policy.read_text(encoding="utf-8") + "clock: {start: notified}\n", encoding="utf-8")
        watching(here)
        cut(here, "L1")
        here.until(lambda: 1 == len(tries), "the first try")
        here.until_page(fault_open=1)
        assert "extranet_fault_deadline_timestamp_seconds L1" not in here.page()
        here.until(lambda: "extranet_fault_deadline_timestamp_seconds L1" in here.page(), "the clock runs")
        deadline = here.page()["extranet_fault_deadline_timestamp_seconds L1"]
        [[text]] = [[payload["text"] for payload in at.audience.hook.payloads.values()]]
        here.stop()
    [told] = here.events(FaultNotified)
    [fault] = here.faults()
    assert "接通知后12小时内" in text
    assert 2 == len(tries)
    assert fault.episode.notified_at is not None
    assert int(tries[1]) <= fault.episode.notified_at.timestamp() <= tries[1] + 2
    assert fault.episode.notified_at.timestamp() + 12 * 3600 == deadline
    assert ("unicom-hook", 1) == (told.via, told.episode)


def test_a_reload_with_a_changed_channel_loses_and_doubles_nothing(here: County) -> None:
    """Its receiver is slow: what it has under way arrives once, and what falls due meanwhile goes on elsewhere."""
    asked: list[str] = []

    class Slow(Hook):
        def __call__(self, request: Request) -> Response:
            asked.append(request.headers["idempotency-key"])
            return Response(status=super().__call__(request).status, after=6.0)

    with attended(here, audience=Audience(hook=Slow())) as at:
        watching(here)
        cut(here, "L1")
        here.until(lambda: 1 == len(asked), "the slow one was asked")
        at.write(
            settings=at.settings.replace("unicom-hook: {kind: webhook,", "unicom-hook: {kind: webhook, timeout: 20s,")
        )
        here.signal(signal.SIGHUP)
        here.until(lambda: "configuration reloaded" in here.log(), "reloaded")
        cut(here, "L2")
        here.until(lambda: 2 == at.audience.told("opened")["unicom-wecom"], "the others go on")
        here.until(lambda: 2.0 == here.deliveries().get(("unicom-hook", "delivered")), "both by the slow one")
        here.until_page(monitor_outbox_pending=0)
        here.stop()
    assert [1, 1] == list(at.audience.hook.copies.values())
    assert dict.fromkeys(TO_THE_CARRIER, 2) == at.audience.told("opened")


def test_the_centre_hears_of_the_monitor_itself(here: County) -> None:
    """Killed and back, with the gap; a reload that was refused; blind, and seeing again. Each once."""
    with attended(here) as at:
        centre = at.audience.centre
        watching(here)
        cut(here, "L1")
        until_told(at, "opened")
        here.until(lambda: 7 == list(states(here).values()).count(State.DELIVERED), "all of it is marked")
        here.kill()
        time.sleep(3)
        here.start()
        here.until(lambda: 1 == len(at.audience.heard(centre, "monitor_back")), "back")
        at.write(more="unknown_key: 1\n")
        here.signal(signal.SIGHUP)
        here.until(lambda: 1 == len(at.audience.heard(centre, "reload_refused")), "refused")
        here.monitor.link("router", up=False)
        here.until(lambda: 1 == len(at.audience.heard(centre, "monitor_blind")), "blind")
        here.monitor.link("router", up=True)
        here.monitor.route("192.0.2.0/24", via="198.51.100.1")
        here.until(lambda: 1 == len(at.audience.heard(centre, "monitor_sees")), "sees")
        here.until_page(monitor_outbox_pending=0)
        read = {payload["kind"]: payload for payload in centre.payloads.values()}
        here.stop()
    for kind, payload in read.items():
        print(f"--- {kind}", payload["text"], sep="\n")
    assert {"opened", "monitor_back", "reload_refused", "monitor_blind", "monitor_sees"} == read.keys()
    assert {1} == {*centre.copies.values(), *at.audience.hook.copies.values()}
    [_, again] = here.events(DaemonStarted)
    [back] = [due for due in here.events(MessageDue) if due.message == "monitor_back"]
    gap = int((again.at - again.last_judged_at).total_seconds())
    assert (str(gap), again.at) == (back.detail, back.due_at)
    assert f"停止{gap}秒" in read["monitor_back"]["text"]
    assert re.search("此前失明[0-9]+秒", read["monitor_sees"]["text"]) is not None
    assert "unknown_key" in here.log()
    assert sorted(TO_THE_CARRIER) == sorted(str(told.via) for told in here.events(FaultNotified))


def test_lines_that_cannot_be_asked_are_told_while_the_monitor_sees(here: County) -> None:
    """A route is withdrawn: every probe fails at once, no line is blamed, and the centre learns which are unknown.

    The two were asked at different seconds: where a look falls between, they are told of one after the other.
    """
    with attended(here) as at:
        watching(here)
        here.monitor.ip("route", "delete", "192.0.2.0/24")
        told: dict[str, int] = {}

        def unknown() -> bool:
            texts = [payload["text"] for payload in list(at.audience.centre.payloads.values())]
            told.update({unit: sum(unit in text for text in texts) for unit in ("财政局", "教育局")})
            return 0 not in told.values()

        here.until(unknown, "unknown lines are told")
        print(*(payload["text"] for payload in at.audience.centre.payloads.values()), sep="\n")
        assert {"财政局": 1, "教育局": 1} == told
        assert {"lines_unknown"} == {payload["kind"] for payload in at.audience.centre.payloads.values()}
        assert {} == at.audience.hook.payloads
        here.until_page(monitor_blind=0, line_known=0, L2_line_known=0)
        here.monitor.route("192.0.2.0/24", via="198.51.100.1")
        here.until_page(line_up=1, L2_line_up=1)
        here.stop()


def test_a_database_that_is_locked_is_told_past_it_and_once(here: County) -> None:
    """Another program holds its lock: the centre hears of it meanwhile; then all is written, and nothing said again."""
    with attended(here) as at:
        centre = at.audience.centre
        watching(here)
        with closing(sqlite3.connect(here.folder / "monitor.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            cut(here, "L1")
            here.until(lambda: 1 == len(at.audience.heard(centre, "store_failing")), "told past the database")
            assert [] == [due for due in here.events(MessageDue) if due.message == "store_failing"]
            other.execute("ROLLBACK")
        until_told(at, "opened")
        here.until_page(monitor_outbox_pending=0, monitor_store_failing=0)
        here.stop()
    [failing] = [due for due in here.events(MessageDue) if due.message == "store_failing"]
    print(centre.payloads[failing.key]["text"])
    assert {1} == {*centre.copies.values(), *at.audience.hook.copies.values()}
