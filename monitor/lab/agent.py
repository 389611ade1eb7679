"""Answer SNMP as an edge device does: values that run, and an uptime that starts afresh when the power was lost.

Every reading is computed from the instant asked about, so that an agent nobody asks costs nothing. Instants are seconds
of one clock that does not step.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from random import Random

from monitor.lab import ber
from monitor.lab.ber import Ask, Binding, ErrorStatus, Oid, Request, Tag
from monitor.lab.county import Edge
from monitor.lab.devices import MODELS, Port

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
IF_NUMBER: Oid = (1, 3, 6, 1, 2, 1, 2, 1, 0)
IF_TABLE: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_X_TABLE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)
ETHERNET = 6  # ifType
UP, DOWN = 1, 2  # ifAdminStatus, ifOperStatus
ROOM = 1400  # bytes of a response's bindings, so that it fits one packet of Ethernet
WRAP_32, WRAP_64 = 2**32, 2**64
DAY = 86400.0

Reading = Callable[[float], bytes]


class Agent:
    """The agent of one edge device."""

    def __init__(self, edge: Edge, *, seed: int, community: str, now: float) -> None:
        """Invent how long the device has been up and what it carries, from the county's seed and its name."""
        chance = Random(f"{seed} {edge.line}")  # noqa: S311 - an invented device, nothing secret
        self._edge = edge
        self._model = MODELS[edge.maker]
        self._community = community.encode()
        self._phase = chance.random()
        self._octets_per_second = edge.bandwidth_mbps * 1e6 / 8 * chance.uniform(0.05, 0.3)
        self._load = chance.uniform(8, 35)
        self._warmth = chance.uniform(36, 48)
        self._boots = chance.randrange(2, 30)
        self._booted = now - chance.uniform(2 * DAY, 700 * DAY)  # after 497 days sysUpTime has wrapped
        self._mac = bytes((0x02, *chance.randbytes(4)))
        self._wan_up = True
        self._wan_changed = self._booted + 40
        self._quiet = 0.0  # seconds since the boot without traffic
        self._readings = dict(sorted(self._rows()))
        self._oids = list(self._readings)
        self._names = {numbers: ber.oid(numbers) for numbers in self._oids}

    def restart(self, now: float) -> None:
        """Start as after a loss of power: the uptime and the counters begin at zero."""
        self._booted = self._wan_changed = now
        self._boots += 1
        self._quiet = 0.0
        self._wan_up = True

    def line_down(self, now: float) -> None:
        """Notice that the WAN port has lost its light."""
        self._wan_up, self._wan_changed = False, now

    def line_up(self, now: float) -> None:
        """Notice that the WAN port has light again."""
        self._quiet += now - self._wan_changed
        self._wan_up, self._wan_changed = True, now

    def answer(self, packet: bytes, now: float) -> bytes | None:
        """Return the response to a packet, or None where a device keeps silent: no request, or another community."""
        try:
            request = ber.read_request(packet)
        except ValueError:
            return None
        if request.community != self._community:
            return None
        if request.version == ber.V1:
            return self._answer_v1(request, now)
        if request.ask is Ask.GET:
            return ber.response(request, [self._get(numbers, now) for numbers in request.oids])
        if request.ask is Ask.NEXT:
            return ber.response(request, [self._next(numbers, now)[1] for numbers in request.oids])
        return ber.response(request, self._bulk(request, now))

    def _answer_v1(self, request: Request, now: float) -> bytes:
        """Answer in version 1, which knows no 64-bit counters and no exceptions in a binding (RFC 3584, section 4)."""
        found = [self._found_v1(numbers, now, following=request.ask is Ask.NEXT) for numbers in request.oids]
        if None in found:
            asked = [(ber.oid(numbers), ber.NULL) for numbers in request.oids]
            return ber.response(request, asked, error=ErrorStatus.NO_SUCH_NAME, index=found.index(None) + 1)
        return ber.response(request, [binding for binding in found if binding is not None])

    def _found_v1(self, numbers: Oid, now: float, *, following: bool) -> Binding | None:
        binding: Binding | None
        if not following:
            binding = self._get(numbers, now)
            return binding if binding[1][0] not in {Tag.NO_SUCH_INSTANCE, Tag.COUNTER64} else None
        found: Oid | None = numbers
        while found is not None:
            found, binding = self._next(found, now)
            if found is not None and binding[1][0] != Tag.COUNTER64:
                return binding
        return None

    def _get(self, numbers: Oid, now: float) -> Binding:
        reading = self._readings.get(numbers)
        if reading is None:
            return ber.oid(numbers), ber.NO_SUCH_INSTANCE
        return self._names[numbers], reading(now)

    def _next(self, numbers: Oid, now: float) -> tuple[Oid | None, Binding]:
        place = bisect_right(self._oids, numbers)
        if place == len(self._oids):
            return None, (ber.oid(numbers), ber.END_OF_VIEW)
        found = self._oids[place]
        return found, (self._names[found], self._readings[found](now))

    def _bulk(self, request: Request, now: float) -> Iterator[Binding]:
        """Return as much of a GETBULK's answer as fits (RFC 3416, section 4.2.3)."""
        single, repeated = request.oids[: request.non_repeaters], list(request.oids[request.non_repeaters :])
        yield from (self._next(numbers, now)[1] for numbers in single)
        room = ROOM
        for _ in range(request.max_repetitions):
            ended = True
            for place, numbers in enumerate(repeated):
                found, binding = self._next(numbers, now)
                room -= len(binding[0]) + len(binding[1]) + 4
                if room < 0:
                    return
                yield binding
                if found is not None:
                    repeated[place], ended = found, False
            if ended:
                return

    def _rows(self) -> Iterator[tuple[Oid, Reading]]:
        yield from self._system()
        yield (*IF_NUMBER,), _still(ber.integer(len(self._model.ports)))
        for place, port in enumerate(self._model.ports):
            yield from self._interface(port, place)
            if port.name is not None:
                yield from self._interface_x(port)
        if self._model.engine:
            yield from self._engine()
        yield from self._health()

    def _system(self) -> Iterator[tuple[Oid, Reading]]:
        yield (*SYSTEM, 1, 0), _still(ber.text(self._model.descr))
        yield (*SYSTEM, 2, 0), _still(ber.oid(self._model.object_id))
        yield (*SYSTEM, 3, 0), lambda now: ber.integer(self._ticks(now - self._booted), Tag.TIMETICKS)
        yield (*SYSTEM, 4, 0), _still(ber.text("0000-66000000"))
        yield (*SYSTEM, 5, 0), _still(ber.text(self._edge.name))
        yield (*SYSTEM, 6, 0), _still(ber.text(self._edge.location))
        yield (*SYSTEM, 7, 0), _still(ber.integer(78))

    def _interface(self, port: Port, place: int) -> Iterator[tuple[Oid, Reading]]:
        def row(column: int, reading: Reading) -> tuple[Oid, Reading]:
            return (*IF_TABLE, column, port.index), reading

        yield row(1, _still(ber.integer(port.index)))
        yield row(2, _still(ber.text(port.descr)))
        yield row(3, _still(ber.integer(ETHERNET)))
        yield row(4, _still(ber.integer(1500)))
        yield row(5, _still(ber.integer(port.speed_mbps * 10**6, Tag.GAUGE32)))
        yield row(6, _still(ber.octets(self._mac + bytes((place,)))))
        yield row(7, _still(ber.integer(UP)))
        yield row(8, lambda _: ber.integer(UP if self._is_up(port) else DOWN))
        yield row(9, lambda _: ber.integer(self._last_change(port), Tag.TIMETICKS))
        for column, share in ((10, 1.0), (16, 0.4)):
            yield row(column, self._counter(port, share, WRAP_32, Tag.COUNTER32))
        for column, share in ((11, 1 / 700), (17, 0.4 / 700)):  # packets of 700 bytes
            yield row(column, self._counter(port, share, WRAP_32, Tag.COUNTER32))
        for column, share in ((13, 1e-9), (14, 5e-9), (19, 1e-9), (20, 0.0)):  # discards and errors, in and out
            yield row(column, self._counter(port, share, WRAP_32, Tag.COUNTER32))

    def _interface_x(self, port: Port) -> Iterator[tuple[Oid, Reading]]:
        yield (*IF_X_TABLE, 1, port.index), _still(ber.text(port.name or ""))
        yield (*IF_X_TABLE, 6, port.index), self._counter(port, 1.0, WRAP_64, Tag.COUNTER64)
        yield (*IF_X_TABLE, 10, port.index), self._counter(port, 0.4, WRAP_64, Tag.COUNTER64)
        yield (*IF_X_TABLE, 15, port.index), _still(ber.integer(port.speed_mbps, Tag.GAUGE32))
        alias = {self._model.wan: f"专线上联 {self._edge.line}", self._model.lan: "本地局域网"}.get(port, "")
        yield (*IF_X_TABLE, 18, port.index), _still(ber.text(alias))

    def _engine(self) -> Iterator[tuple[Oid, Reading]]:
        yield (*ENGINE, 1, 0), _still(ber.octets(b"\x80\x00\x1f\x88\x04" + self._edge.line.encode()[:27]))
        yield (*ENGINE, 2, 0), lambda _: ber.integer(self._boots)
        yield (*ENGINE, 3, 0), lambda now: ber.integer(int(now - self._booted))
        yield (*ENGINE, 4, 0), _still(ber.integer(1500))

    def _health(self) -> Iterator[tuple[Oid, Reading]]:
        yield self._model.cpu, lambda now: ber.integer(round(self._load * (1 + 0.4 * self._wave(now, 300))))
        yield self._model.memory, lambda now: ber.integer(round(45 + self._load / 3 + 4 * self._wave(now, 1800)))
        if self._model.temperature is not None:
            yield self._model.temperature, lambda now: ber.integer(round(self._warmth + 2 * self._wave(now, 900)))
        yield from ((numbers, _still(ber.integer(0))) for numbers in self._model.idle)

    def _counter(self, port: Port, share: float, wrap: int, tag: Tag) -> Reading:
        if not port.plugged:
            return _still(ber.integer(0, tag))
        return lambda now: ber.integer(int(self._carried(now) * share) % wrap, tag)

    def _carried(self, now: float) -> float:
        """Return the octets carried since the boot: a rate that swells and ebbs, but never runs backwards."""
        quiet = self._quiet + (0.0 if self._wan_up else now - self._wan_changed)
        seconds = now - self._booted - quiet
        swell = 120 / math.tau
        return self._octets_per_second * (seconds + 0.8 * swell * (1 - math.cos(seconds / swell)))

    def _is_up(self, port: Port) -> bool:
        return port.plugged and (port is not self._model.wan or self._wan_up)

    def _last_change(self, port: Port) -> int:
        if not port.plugged:
            return 0
        return self._ticks(self._wan_changed - self._booted) if port is self._model.wan else 4000

    def _wave(self, now: float, period: float) -> float:
        return math.sin(math.tau * (now / period + self._phase))

    @staticmethod
    def _ticks(seconds: float) -> int:
        return int(seconds * 100) % WRAP_32


def _still(value: bytes) -> Reading:
    return lambda _: value
