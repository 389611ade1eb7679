"""Start a program inside the monitor's namespaces, with its listening sockets, tied to the lab's life.

``python -m monitor.lab.enter PARENT NETWORK USER NAME=FILE… -- COMMAND…``: PARENT is the lab's process id, NETWORK and
USER are the numbers of open files that hold namespaces (``-`` for none), each NAME=FILE an open socket. The program
finds the sockets from file 3 on, as sd_listen_fds(3) describes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from monitor.lab.namespaces import CLONE_NEWNET, CLONE_NEWUSER, die_with_parent, enter

FIRST_SOCKET = 3  # SD_LISTEN_FDS_START
OUT_OF_THE_WAY = 64


def main() -> None:
    """Enter and become the program."""
    end = sys.argv.index("--")
    parent, network, user, *sockets = sys.argv[1:end]
    if user != "-":
        enter(int(user), CLONE_NEWUSER)
    if network != "-":
        enter(int(network), CLONE_NEWNET)
    die_with_parent(int(parent))
    command = sys.argv[end + 1 :]
    os.environ.update(_listening({name: int(file) for name, _, file in (each.partition("=") for each in sockets)}))
    os.execv(command[0], command)  # noqa: S606 - the command is the lab's own


def _listening(sockets: Mapping[str, int]) -> Mapping[str, str]:
    """Move the sockets to where the program looks for them, and return what tells it so."""
    # First all out of the way, lest one lands on another that has not moved yet.
    for place, file in enumerate(sockets.values()):
        os.dup2(file, OUT_OF_THE_WAY + place, inheritable=False)
    for place in range(len(sockets)):
        os.dup2(OUT_OF_THE_WAY + place, FIRST_SOCKET + place, inheritable=True)
    return {"LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": ":".join(sockets), "LISTEN_PID": str(os.getpid())}


if __name__ == "__main__":
    main()
