"""Has the county's papers entered in the registers of a running daemon, as an officer would: by the inbox, once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.faults.terms import Source
from monitor.lab.county import County
from monitor.lab.folder import DATABASE
from monitor.lab.papers import ZONE, Papers, draw_up
from monitor.registers.actions import EnterRegister
from monitor.registers.drafting import Drafting, with_digest
from monitor.registers.entries import Registers
from monitor.store.bodies import Body, seal
from monitor.store.inbox import Inbox

REQUEST = "lab-papers"
CLERK = "lab"


def enter_papers(county: County, folder: Path, now: datetime) -> None:
    """Put the papers of today into the inbox of a lab's folder, unless they were put there by an earlier run.

    Raises:
        StoreError: the database cannot be written.
    """
    with Inbox(f"sqlite:///{folder / DATABASE}") as inbox:
        if inbox.answer(REQUEST) is None:
            action, bodies = entered(draw_up(county, now.astimezone(ZONE).date()), now)
            inbox.put(REQUEST, action, bodies)


def entered(papers: Papers, at: datetime) -> tuple[EnterRegister, list[Body]]:
    """Return papers as one action on empty registers, and what it keeps apart."""
    drafting = Drafting(Registers(), {})
    plans = [plan for wanted in papers.entries if (plan := drafting.plan(wanted)) is not None]
    sealed = [(plan, seal(plan.apart)) for plan in plans]
    drafts = tuple(with_digest(plan, body.digest) for plan, body in sealed)
    return EnterRegister(at=at, by=Source.CENTRE, who=CLERK, drafts=drafts), [body for _, body in sealed]
