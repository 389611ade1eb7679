"""The monitor: holds each carrier's repair of a county's e-government lines to the 12-hour limit.

The rooms, one a stage of a fault's life::

    cli/            commands, one file a noun; the wall clock is read only here and in daemon.py
    daemon.py       builds every part by hand, schedules, signals, shutdown; the path of a round
    replay.py       a history through the same judging code, no I/O but the file
    chronicle/      a history out of the ledger, for replay
    resumption.py   going on after a stop: remembered and configured put together
    lab/            the sample county on this machine
    record.py       REMEMBER         what the next commit writes, and its writing aside
    gathering.py    MEASURE          evidence gathered without being asked
    metrics/        SHOW             the Prometheus page
    web/            SHOW             the console page
    supervision/    JUDGE      pure  one second of the county: actions, references, lines, then what falls due
    probing/        MEASURE          echo (ICMP), snmp, paths, rounds -> Observation
    alerts/         TELL             due (pure): which message when; facts, texts, composing: in which words
    store/          REMEMBER         tables, ledger (append-only), inbox, migrations
    config/         ARE TOLD         the configuration folder: YAML with line and column in every error
    sla/            HOLD TO IT pure  spans (interval sets), clock, verdict, availability, figures
    faults/         JUDGE      pure  observation, blindness, outage, fault, incident, evidence -> events
    inventory/      WHAT WE WATCH    carriers, nodes, units, lines, references
    policy.py       THE NUMBERS      every number of the rules, by version
    clock.py        THE TIME         judged time, which never runs backwards
    wording.py      THE WORDS        of screens, in Chinese and English

The way of the data::

    line -> rounds -> Observation -> supervision.step -> events -> store.ledger -+-> sla.clock -> alerts.due -> outbox
    people -> actions -------------------^                                       +-> metrics -> Prometheus
                                                                                 +-> sla.availability

Imports go one way, top to bottom in the list of pyproject.toml; siblings do not import each other.
"""

__version__ = "0.1.0"
