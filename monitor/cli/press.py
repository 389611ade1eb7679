"""What the commands of a report have in common: a publisher that shows how far it is, and its errors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from monitor.cli.db import progress
from monitor.cli.exits import Missing, WrongInput
from monitor.cli.garbage import uncollected

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.faults.actions import Action
    from monitor.publishing import Publisher
    from monitor.store.editions import Kept


@contextmanager
def publisher(
    loaded: Configuration, request: str | None = None, *, warn: Callable[[str], None] | None = None
) -> Iterator[Publisher]:
    """Lend a publisher over a configuration, which has actions done as every command does.

    ``request`` is the id of the first of them; each other has one of its own. Without ``warn`` what is not
    as it should be goes to stderr.
    """
    from monitor.cli.desk import Desk, now
    from monitor.publishing import Publisher

    ids = [] if request is None else [request]

    def ask(action: Action, files: Iterable[Kept]) -> None:
        Desk(loaded).ask(ids.pop() if ids else uuid.uuid4().hex, action, files=files)

    with progress("report") as told, uncollected():
        yield Publisher(loaded, ask, now=now, progress=told, warn=warn or partial(click.echo, err=True))


@contextmanager
def publishing_told() -> Iterator[None]:
    """Turn what keeps a report from being published into how a command ends."""
    from monitor.publishing import NotNow, NotPublished

    try:
        yield
    except NotNow as error:
        raise WrongInput(str(error)) from error
    except NotPublished as error:
        raise Missing(str(error)) from error
