"""How a command ends: 0 done, 1 a check found something, 2 the input is wrong, 3 a needed part is missing."""

from __future__ import annotations

import click


class Ending(click.ClickException):
    """A command ends early: its message goes to stderr in one line, and ``exit_code`` to the shell."""


class Found(Ending):
    """A check found something."""

    exit_code = 1


class WrongInput(Ending):
    """The input or the configuration is wrong."""

    exit_code = 2


class Missing(Ending):
    """A needed part is missing: a database, the right to a socket, a program."""

    exit_code = 3
