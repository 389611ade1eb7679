"""What the edge devices of the county say about themselves, in the manner of four makers.

Texts and numbers follow what devices of these makers answer; the devices themselves are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.lab.ber import Oid
from monitor.lab.county import PORTS, Maker

ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)
HUAWEI_ENTITY: Oid = (*ENTERPRISES, 2011, 5, 25, 31, 1, 1, 1, 1)  # hwEntityStateEntry
H3C_ENTITY: Oid = (*ENTERPRISES, 25506, 2, 6, 1, 1, 1, 1)  # hh3cEntityExtStateEntry
ZTE_UNIT: Oid = (*ENTERPRISES, 3902, 3, 3, 1, 1)  # zxr10SystemUnitEntry
RUIJIE: Oid = (*ENTERPRISES, 4881, 1, 1, 10, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """An interface: its ifIndex, ifDescr and ifName; ``name`` is None where the device has no ifXTable."""

    index: int
    descr: str
    name: str | None
    speed_mbps: int = 1000
    plugged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A maker's device. ``wan`` and ``lan`` carry the traffic.

    ``cpu``, ``memory`` and ``temperature`` are the instances that run, in percent and degrees Celsius; ``idle`` are the
    entities the maker lists beside them with 0 for "does not apply".
    """

    descr: str
    object_id: Oid
    wan: Port
    lan: Port
    spare: Port
    cpu: Oid
    memory: Oid
    temperature: Oid | None
    idle: tuple[Oid, ...] = ()
    engine: bool = True  # whether snmpEngine is answered

    @property
    def ports(self) -> tuple[Port, ...]:
        """Every interface, by index."""
        return (self.wan, self.lan, self.spare)


def _entities(table: Oid, columns: tuple[int, int, int], instances: tuple[int, ...]) -> tuple[Oid, ...]:
    return tuple((*table, column, instance) for column in columns for instance in instances)


MODELS: Mapping[Maker, Model] = {
    Maker.HUAWEI: Model(
        descr="Huawei AR161F Huawei Versatile Routing Platform Software VRP (R) software,Version 5.170 "
        "(AR160 V200R009C00SPC500) Copyright (C) 2011-2018 Huawei Technologies Co., Ltd",
        object_id=(*ENTERPRISES, 2011, 2, 224, 62),
        wan=Port(index=3, descr=PORTS[Maker.HUAWEI][0], name=PORTS[Maker.HUAWEI][0]),
        lan=Port(index=4, descr=PORTS[Maker.HUAWEI][1], name=PORTS[Maker.HUAWEI][1]),
        spare=Port(index=5, descr="GigabitEthernet0/0/2", name="GigabitEthernet0/0/2", plugged=False),
        cpu=(*HUAWEI_ENTITY, 5, 9),
        memory=(*HUAWEI_ENTITY, 7, 9),
        temperature=(*HUAWEI_ENTITY, 11, 9),
        idle=_entities(HUAWEI_ENTITY, (5, 7, 11), (3, 5, 14)),
    ),
    Maker.H3C: Model(
        descr="H3C Comware Platform Software, Software Version 7.1.064, Release 0821P11\r\nH3C MSR810\r\n"
        "Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved.",
        object_id=(*ENTERPRISES, 25506, 1, 1759),
        wan=Port(index=1, descr=PORTS[Maker.H3C][0], name=PORTS[Maker.H3C][0]),
        lan=Port(index=2, descr=PORTS[Maker.H3C][1], name=PORTS[Maker.H3C][1]),
        spare=Port(index=3, descr="GigabitEthernet0/2", name="GigabitEthernet0/2", plugged=False),
        cpu=(*H3C_ENTITY, 6, 65),
        memory=(*H3C_ENTITY, 8, 65),
        temperature=(*H3C_ENTITY, 12, 65),
        idle=_entities(H3C_ENTITY, (6, 8, 12), (1, 2, 70)),
    ),
    Maker.ZTE: Model(
        descr="ZXR10 ROS Version V4.08.23 ZXR10_1800-2S Software, Version ZXR10 1800 V2.8.23 "
        "Copyright (c) 2000-2011 by ZTE Corporation",
        object_id=(*ENTERPRISES, 3902, 3, 100, 20),
        wan=Port(index=3, descr=PORTS[Maker.ZTE][0], name=None, speed_mbps=100),
        lan=Port(index=4, descr=PORTS[Maker.ZTE][1], name=None, speed_mbps=100),
        spare=Port(index=5, descr="gei-0/3", name=None, speed_mbps=100, plugged=False),
        cpu=(*ZTE_UNIT, 5, 1),
        memory=(*ZTE_UNIT, 4, 1),
        temperature=None,
        engine=False,
    ),
    Maker.RUIJIE: Model(
        descr="Ruijie Router (RSR10-X) by Ruijie Networks",
        object_id=(*ENTERPRISES, 4881, 1, 1, 10, 1, 1410),
        wan=Port(index=1, descr="GigabitEthernet 0/0", name=PORTS[Maker.RUIJIE][0]),
        lan=Port(index=2, descr="GigabitEthernet 0/1", name=PORTS[Maker.RUIJIE][1]),
        spare=Port(index=3, descr="GigabitEthernet 0/2", name="Gi0/2", plugged=False),
        cpu=(*RUIJIE, 36, 1, 1, 3, 0),
        memory=(*RUIJIE, 35, 1, 1, 1, 3, 1),
        temperature=(*RUIJIE, 1, 1, 16, 0),
    ),
}
