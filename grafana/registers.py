"""台账, the registers: what is missing or expired of filings, commitments, guarantees and the rest."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana.colours import BAD, CALM, GOOD, HALF, LATE, SEEN
from grafana.frames import frame
from grafana.language import Language
from grafana.panels import COUNT, Series, figure, graph
from grafana.tables import Column, Label, figures
from grafana.wording import registers

GAPS = "extranet_register_gaps"
SHOWN = ("admin_filing", "confidentiality_commitment", "carrier_guarantee", "connection")


def board(language: Language) -> Dashboard:
    """Return the dashboard."""
    say = language.say
    found = frame(
        "registers",
        say("台账缺项", "Registers"),
        say(
            "备案、承诺书、保障承诺书等缺了多少；缺的是谁，见 monitor registers gaps。",
            "How many filings, commitments and guarantees are missing; whose, says monitor registers gaps.",
        ),
        language,
        [],
    ).time("now-90d", "now")
    for panel in (*_figures(language), *_whole(language)):
        found = found.with_panel(panel)
    return found


def _figures(language: Language) -> Iterator[Builder[Panel]]:
    names = registers(language)
    for register in SHOWN:
        yield figure(
            names[register],
            Series(expr=f'max({GAPS}{{register="{register}"}})'),
            below=GOOD,
            steps=[(1, BAD if register == "carrier_guarantee" else LATE)],
            width=6,
            height=6,
            none="—",
            size=64,
        )


def _whole(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    gaps = say("缺项", "Gaps")
    yield figures(
        say("各台账缺项", "Gaps by register"),
        [Label(name="register", title=say("台账", "Register"), words=registers(language))],
        [
            Column(title=gaps, expr=f"max by (register) ({GAPS})", below=CALM, steps=[(1, LATE)]),
            Column(
                title=say("30天内到期", "Expire within 30 days"),
                expr='max by (register) (extranet_register_expiring{days="30"})',
                below=CALM,
                steps=[(1, HALF)],
            ),
        ],
        sort=gaps,
        descending=True,
        none="—",
        width=10,
        height=12,
    )
    yield graph(
        say("缺项走势", "Gaps over time"),
        [
            Series(expr=f"sum(max by (register) ({GAPS}))", legend=say("合计", "all"), colour=SEEN),
            Series(
                expr=f'max({GAPS}{{register="carrier_guarantee"}})',
                legend=registers(language)["carrier_guarantee"],
                colour=BAD,
            ),
        ],
        unit=COUNT,
        width=14,
        height=12,
    )
