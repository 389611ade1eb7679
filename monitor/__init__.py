"""The monitor: holds each carrier's repair of a county's e-government lines to the 12-hour limit.

The rooms, one a stage of a fault's life::

    cli/            commands, one file a noun; the wall clock is read only here, in start.py and in daemon.py
    start.py        builds every part by hand and runs the daemon
    daemon.py       schedules, signals, shutdown; the path of a round
    upkeep.py       what is looked at, computed and forgotten beside the rounds
    pages.py        the pages of one run, served till its end
    systemd.py      what systemd is told: ready, alive while instants are judged, ending
    replay.py       a history through the same judging code, no I/O but the file
    chronicle/      a history out of the ledger, for replay
    press.py        starts the work on reports beside the daemon, when it is due
    publishing.py   a report drawn up, put on record and in its folder, mailed
    correspondence.py  the letters to whoever owes a paper, a month's beside its report
    accounting.py   the figures of a report out of the record
    inspection.py   the gaps of the registers on a day, out of the record
    retrospect.py   the figures of a period out of the record
    resumption.py   going on after a stop: remembered and configured put together
    lab/            the sample county on this machine
    post.py         TELL             outbox, alarms and heartbeat of one run
    record.py       REMEMBER         what the next commit writes, and its writing aside
    gathering.py    MEASURE          evidence gathered without being asked
    archive/        ARE TOLD         the inventory as a workbook, CSV files or NetBox has it, read and written
    metrics/        SHOW             the Prometheus page
    reports/        ACCOUNT          the figures of a period, the report's words, and its files
    web/            SHOW             the console page; the page on which carriers answer
    supervision/    JUDGE      pure  one second of the county: actions, references, lines, then what falls due
    probing/        MEASURE          echo (ICMP), snmp, traps, paths, rounds -> Observation
    alerts/         TELL             due (pure), routes, texts, links, outbox, channels: who is told what, how
    store/          REMEMBER         tables, ledger (append-only), inbox, migrations
    config/         ARE TOLD         the configuration folder: YAML with line and column in every error
    editions/       KEEP       pure  the report's editions: drafts, frozen ones, the centre's texts, what was sent
    registers/      KEEP       pure  filings, commitments, guarantees …: definitions, entries, gaps, reminders
    sla/            HOLD TO IT pure  spans (interval sets), clock, verdict, availability, review
    faults/         JUDGE      pure  observation, blindness, outage, fault, incident, evidence -> events
    inventory/      WHAT WE WATCH    carriers, nodes, units, lines, references
    policy.py       THE NUMBERS      every number of the rules, by version
    clock.py        THE TIME         judged time, which never runs backwards
    wording/        THE WORDS        of screens and messages, in Chinese and English

The way of the data::

    line -> rounds -> Observation -> supervision.step -> events -> store.ledger -+-> metrics -> Prometheus
    people -> actions -------------------^    |                                  +-> review, gaps -> people
                                         alerts.due -> outbox -> ways -> couriers -> channels -> carriers, the centre

Imports go one way, top to bottom in the list of pyproject.toml; siblings do not import each other.
"""

__version__ = "0.1.0"
