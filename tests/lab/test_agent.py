"""An agent answers as a device of its maker does; its clock starts afresh when the power was lost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from monitor.lab import ber
from monitor.lab.agent import Agent
from monitor.lab.county import Edge, Maker
from monitor.lab.devices import MODELS

V1, V2C = api.SNMP_VERSION_1, api.SNMP_VERSION_2C
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
OBJECT_ID = (1, 3, 6, 1, 2, 1, 1, 2, 0)
BOOTS = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)
NOW = 1_000_000.0


@dataclass(frozen=True)
class Answer:
    error: int
    index: int
    bindings: list[tuple[tuple[int, ...], object]]

    def value(self) -> int:
        (binding,) = self.bindings
        return int(str(binding[1]))


def agent(maker: Maker = Maker.HUAWEI, line: str = "finance-1") -> Agent:
    edge = Edge(line=line, maker=maker, address="192.0.2.9", name="FINANCE-1", location="云岭县", bandwidth_mbps=100)
    return Agent(edge, seed=1, community="secret", now=NOW)


def ask(
    whom: Agent,
    kind: str,
    *oids: tuple[int, ...],
    now: float = NOW,
    version: int = V2C,
    community: str = "secret",
    repetitions: int = 10,
) -> Answer | None:
    """Ask by pysnmp's own messages, so that our BER is read and written by another's."""
    proto = api.PROTOCOL_MODULES[version]
    pdu = getattr(proto, f"{kind}PDU")()
    functions = proto.apiBulkPDU if kind == "GetBulkRequest" else proto.apiPDU
    functions.set_defaults(pdu)
    if kind == "GetBulkRequest":
        functions.set_non_repeaters(pdu, 0)
        functions.set_max_repetitions(pdu, repetitions)
    functions.set_varbinds(pdu, [(oid, proto.Null("")) for oid in oids])
    message = proto.Message()
    proto.apiMessage.set_defaults(message)
    proto.apiMessage.set_community(message, community)
    proto.apiMessage.set_pdu(message, pdu)
    said = whom.answer(encoder.encode(message), now)
    if said is None:
        return None
    answer, rest = decoder.decode(said, asn1Spec=proto.Message())
    assert not rest
    told = proto.apiMessage.get_pdu(answer)
    assert proto.apiPDU.get_request_id(pdu) == proto.apiPDU.get_request_id(told)
    return Answer(
        int(proto.apiPDU.get_error_status(told)),
        int(proto.apiPDU.get_error_index(told)),
        [(tuple(name), value) for name, value in proto.apiPDU.get_varbinds(told)],
    )


def got(answer: Answer | None) -> Answer:
    assert answer is not None
    return answer


def walk(whom: Agent, *, version: int = V2C) -> list[tuple[int, ...]]:
    oids: list[tuple[int, ...]] = []
    place: tuple[int, ...] = (1, 3, 6, 1)
    while True:
        answer = got(ask(whom, "GetNextRequest", place, version=version))
        if answer.error or type(answer.bindings[0][1]).__name__ == "EndOfMibView":
            return oids
        place = answer.bindings[0][0]
        oids.append(place)


@pytest.mark.parametrize("maker", Maker)
def test_each_maker_shows_its_enterprise_uptime_and_running_figures(maker: Maker) -> None:
    model, whom = MODELS[maker], agent(maker)
    answer = got(ask(whom, "GetRequest", OBJECT_ID, UPTIME, model.cpu, model.memory))
    assert answer.error == 0
    assert ".".join(map(str, model.object_id)) == str(answer.bindings[0][1])
    assert all(0 < int(str(value)) < 100 for _, value in answer.bindings[2:])


@pytest.mark.parametrize("maker", Maker)
def test_a_walk_ends_ascends_and_gives_every_row_that_can_be_asked_for(maker: Maker) -> None:
    whom = agent(maker)
    oids = walk(whom)
    assert oids == sorted(set(oids))
    assert len(oids) > 50
    answer = got(ask(whom, "GetRequest", *oids[:30]))
    assert oids[:30] == [name for name, _ in answer.bindings]


def test_a_bulk_request_gives_what_the_walk_gives() -> None:
    whom = agent()
    oids = walk(whom)
    answer = got(ask(whom, "GetBulkRequest", (1, 3, 6, 1), repetitions=20))
    assert oids[:20] == [name for name, _ in answer.bindings]


def test_a_bulk_answer_fits_one_packet_and_ends_with_the_view() -> None:
    whom = agent()
    answer = got(ask(whom, "GetBulkRequest", (1, 3, 6, 1), repetitions=10_000))
    assert 0 < len(answer.bindings) < 10_000
    last = got(ask(whom, "GetBulkRequest", (2, 0), repetitions=5))
    assert [type(value).__name__ for _, value in last.bindings] == ["EndOfMibView"]


def test_what_is_not_there_is_said_so() -> None:
    answer = got(ask(agent(), "GetRequest", (1, 3, 6, 1, 2, 1, 1, 99, 0), UPTIME))
    assert [type(value).__name__ for _, value in answer.bindings] == ["NoSuchInstance", "TimeTicks"]


def test_version_1_names_the_binding_in_error_and_knows_no_64_bit_counters() -> None:
    whom = agent()
    answer = got(ask(whom, "GetRequest", UPTIME, (1, 3, 6, 1, 9), version=V1))
    assert (answer.error, answer.index) == (2, 2)
    hc_in = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6)
    assert hc_in in [oid[:-1] for oid in walk(whom)]
    assert hc_in not in [oid[:-1] for oid in walk(whom, version=V1)]


def test_another_community_and_what_is_no_request_get_silence() -> None:
    assert ask(agent(), "GetRequest", UPTIME, community="public") is None
    whom = agent()
    request = bytes.fromhex("302902010104067365637265740a01")
    for packet in (b"", b"\x30", b"hello", request, b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01\x03"):
        assert whom.answer(packet, NOW) is None


def test_uptime_runs_and_starts_afresh_after_a_loss_of_power() -> None:
    whom = agent()
    before = got(ask(whom, "GetRequest", UPTIME)).value()
    later = got(ask(whom, "GetRequest", UPTIME, now=NOW + 10)).value()
    assert (later - before) % 2**32 == 1000
    boots = got(ask(whom, "GetRequest", BOOTS)).value()
    whom.restart(NOW + 20)
    assert got(ask(whom, "GetRequest", UPTIME, now=NOW + 25)).value() == 500
    assert got(ask(whom, "GetRequest", BOOTS, now=NOW + 25)).value() == boots + 1


def test_counters_run_while_the_line_does_and_stand_while_it_is_cut() -> None:
    model, whom = MODELS[Maker.HUAWEI], agent()
    octets = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, model.wan.index)
    oper = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8, model.wan.index)
    changed = (1, 3, 6, 1, 2, 1, 2, 2, 1, 9, model.wan.index)

    def at(second: float, oid: tuple[int, ...]) -> int:
        return got(ask(whom, "GetRequest", oid, now=NOW + second)).value()

    assert at(0, octets) < at(1, octets) < at(2, octets)
    whom.line_down(NOW + 2)
    stood = at(2, octets)
    assert (2, stood) == (at(3, oper), at(60, octets))
    whom.line_up(NOW + 62)
    assert (1, at(62, UPTIME)) == (at(63, oper), at(63, changed))
    assert stood == at(62, octets) < at(63, octets)


def test_the_same_county_has_the_same_devices() -> None:
    one, same, other = agent(), agent(), agent(line="tax-1")
    uptimes = [got(ask(each, "GetRequest", UPTIME)).value() for each in (one, same, other)]
    assert uptimes[0] == uptimes[1] != uptimes[2]


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 65535, 2**31, 2**32 - 1, 2**63, 2**64 - 1])
def test_numbers_are_written_as_others_read_them(number: int) -> None:
    proto = api.PROTOCOL_MODULES[V2C]
    read, _ = decoder.decode(ber.integer(number, ber.Tag.COUNTER64), asn1Spec=proto.Counter64())
    assert number == int(read)


@pytest.mark.parametrize("oid", [(1, 3), (0, 39), (2, 100, 3), (1, 3, 6, 127, 128, 16383, 16384, 2**32 - 1)])
def test_object_identifiers_are_written_as_others_read_them(oid: tuple[int, ...]) -> None:
    proto = api.PROTOCOL_MODULES[V2C]
    read, _ = decoder.decode(ber.oid(oid), asn1Spec=proto.ObjectIdentifier())
    assert oid == tuple(read)


def test_a_long_text_is_written_as_others_read_it() -> None:
    proto = api.PROTOCOL_MODULES[V2C]
    read, _ = decoder.decode(ber.text("云" * 300), asn1Spec=proto.OctetString())
    assert bytes(read).decode() == "云" * 300
