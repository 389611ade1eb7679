"""Everything the ledger can hold: what was measured, decided and done, as frozen values.

Every event has ``at``, the instant of judged time at which it was decided, and a ``kind`` by which it is stored.
Other instants in it (``first_failed_at``, ``closed_at`` …) are facts and may lie before. Events are never changed.
"""

from __future__ import annotations

from monitor.faults.events.event import (
    Event,
)
from monitor.faults.events.grouped import (
    IncidentGrouped,
)
from monitor.faults.events.happened import (
    EpisodeConfirmed,
    EpisodeRestored,
    EtaGiven,
    EvidenceFound,
    EvidenceWithdrawn,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultClosed,
    FaultEvent,
    FaultNoted,
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    FaultReported,
    PartyRuled,
    RestorationClaimed,
)
from monitor.faults.events.measured import (
    BlipSeen,
    DegradationBegan,
    DegradationEnded,
    LineFirstSeen,
    LineUnknown,
    OutageConfirmed,
    OutageEnded,
)
from monitor.faults.events.planned import (
    MaintenanceApproved,
    MaintenanceCancelled,
    ReportKept,
)
from monitor.faults.events.published import (
    EditionDrawn,
    EditionFrozen,
    EditionMade,
    EditionSent,
    EditionWorded,
)
from monitor.faults.events.registered import (
    DeviceIdentified,
    RegisterEntered,
    RegisterErased,
    RegisterTaken,
)
from monitor.faults.events.running import (
    ClockStepped,
    ConfigurationAdopted,
    DaemonStarted,
    DaemonStopped,
    InventoryAdopted,
    MonitorBlind,
    MonitorSees,
    PolicyAdopted,
)
from monitor.faults.events.told import (
    MessageDue,
)
from monitor.faults.events.traced import (
    HopSeen,
    IcmpHeard,
    PathTraced,
    TrapHeard,
)

EVENTS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        DaemonStarted,
        DaemonStopped,
        PolicyAdopted,
        InventoryAdopted,
        ClockStepped,
        MonitorBlind,
        MonitorSees,
        LineFirstSeen,
        LineUnknown,
        BlipSeen,
        OutageConfirmed,
        OutageEnded,
        DegradationBegan,
        DegradationEnded,
        PathTraced,
        IcmpHeard,
        TrapHeard,
        MaintenanceApproved,
        MaintenanceCancelled,
        ReportKept,
        RegisterEntered,
        RegisterErased,
        RegisterTaken,
        DeviceIdentified,
        EditionDrawn,
        EditionFrozen,
        EditionWorded,
        EditionSent,
        IncidentGrouped,
        FaultOpened,
        FaultReported,
        EpisodeConfirmed,
        EpisodeRestored,
        FaultRelapsed,
        FaultClosed,
        FaultAcknowledged,
        RestorationClaimed,
        EtaGiven,
        FaultNotified,
        ExclusionGranted,
        ExclusionRevoked,
        PartyRuled,
        FaultNoted,
        EvidenceFound,
        EvidenceWithdrawn,
        MessageDue,
    )
}

__all__ = [
    "EVENTS",
    "BlipSeen",
    "ClockStepped",
    "ConfigurationAdopted",
    "DaemonStarted",
    "DaemonStopped",
    "DegradationBegan",
    "DegradationEnded",
    "DeviceIdentified",
    "EditionDrawn",
    "EditionFrozen",
    "EditionMade",
    "EditionSent",
    "EditionWorded",
    "EpisodeConfirmed",
    "EpisodeRestored",
    "EtaGiven",
    "Event",
    "EvidenceFound",
    "EvidenceWithdrawn",
    "ExclusionGranted",
    "ExclusionRevoked",
    "FaultAcknowledged",
    "FaultClosed",
    "FaultEvent",
    "FaultNoted",
    "FaultNotified",
    "FaultOpened",
    "FaultRelapsed",
    "FaultReported",
    "HopSeen",
    "IcmpHeard",
    "IncidentGrouped",
    "InventoryAdopted",
    "LineFirstSeen",
    "LineUnknown",
    "MaintenanceApproved",
    "MaintenanceCancelled",
    "MessageDue",
    "MonitorBlind",
    "MonitorSees",
    "OutageConfirmed",
    "OutageEnded",
    "PartyRuled",
    "PathTraced",
    "PolicyAdopted",
    "RegisterEntered",
    "RegisterErased",
    "RegisterTaken",
    "ReportKept",
    "RestorationClaimed",
    "TrapHeard",
]
