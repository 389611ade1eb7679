"""The start: builds every part by hand and runs the daemon over them.

Beside the command line and the daemon only this file reads the machine's clocks.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.clock import Clock
from monitor.config.folder import Configuration
from monitor.daemon import Daemon
from monitor.metrics.own import OwnMetrics
from monitor.post import usable
from monitor.probing.polling import Polling, allow_many_files
from monitor.probing.rounds import Echo, engine
from monitor.probing.snmp.client import make_client
from monitor.probing.snmp.devices import Devices, load_devices
from monitor.record import Record
from monitor.resumption import resume
from monitor.store.store import Store
from monitor.systemd import Systemd
from monitor.web.serving import listening

if TYPE_CHECKING:
    from monitor.probing.trap_receiver import TrapReceiver


async def watch(configuration: Configuration, *, echo: Echo | None = None) -> None:
    """Build every part and run the daemon until it is told to stop.

    ``echo`` stands in for the echo engine where answers are simulated, and every page says so.

    Raises:
        ChannelUnusable: a channel cannot be used on this machine.
        CannotListenError: a listening address cannot be had.
        ClientMissingError, DevicesError: SNMP as configured cannot be had.
        CannotGoOn: what is remembered and what is configured do not go together.
        EchoSocketUnavailable: no socket for ICMP echoes is permitted.
        StoreError: the database cannot be used.
    """
    allow_many_files()
    settings, own = configuration.settings, OwnMetrics(__version__)
    clock = Clock(time.time, time.monotonic)
    sockets = listening(settings.listen, os.environ)
    usable(configuration)
    client = make_client(settings.snmp.client.value)
    devices = load_devices([settings.snmp.devices] if settings.snmp.devices else [])
    store = await asyncio.to_thread(Store.open, settings.database.reveal())
    try:
        resumption = await asyncio.to_thread(resume, configuration, store, clock.now().replace(microsecond=0))
    except BaseException:
        store.close()
        raise
    daemon = Daemon(
        configuration,
        resumption=resumption,
        record=Record(store, resumption.measurements, wrote=own.write.observe),
        own=own,
        echo=echo or engine(settings.icmp),
        polling=Polling(
            client,
            devices,
            now=clock.now,
            failed=lambda reason: own.errors.labels("snmp", reason.value).inc(),
        ),
        clock=clock,
        simulated=echo is not None,
        systemd=Systemd(os.environ, pid=os.getpid(), monotonic=time.monotonic),
        traps=_traps(devices, clock, own) if "traps" in sockets else None,
    )
    await daemon.run(sockets)


def _traps(devices: Devices, clock: Clock, own: OwnMetrics) -> TrapReceiver:
    from monitor.probing.trap_receiver import TrapReceiver  # noqa: PLC0415 - pysnmp costs 0.3 s where not needed

    return TrapReceiver(devices, now=clock.now, counted=own.count_traps)
