"""Make and enter the kernel's namespaces (namespaces(7)); ``os.unshare`` and ``os.setns`` came with Python 3.12.

Nothing here leaves a name behind: a namespace lives as long as a process is in it or an open file holds it, so the end
of the process that made it, even by ``kill -9``, is its end too.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWUSER = 0x10000000  # sched.h
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1  # prctl.h

OWN_NETWORK = Path("/proc/self/ns/net")
OWN_USER = Path("/proc/self/ns/user")

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Move the calling process, which must have one thread only, into new namespaces (unshare(2)).

    Raises:
        OSError: the kernel refuses; PermissionError where a right is missing.
    """
    _checked(_libc.unshare(ctypes.c_int(flags)))


def enter(namespace: int, flag: int) -> None:
    """Move the calling process into the namespace that an open file holds (setns(2)).

    Raises:
        OSError: the kernel refuses.
    """
    _checked(_libc.setns(ctypes.c_int(namespace), ctypes.c_int(flag)))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends (PR_SET_PDEATHSIG of prctl(2)).

    Call it after the last change of user or capabilities, which makes the kernel forget it. ``parent`` is the parent's
    process id as the parent knows it, for the case that it ended before this call.
    """
    _checked(_libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def leave_for_own_network() -> None:
    """Move into a network namespace of one's own: as root straight away, else by way of a user namespace.

    Raises:
        OSError: this machine permits neither.
    """
    try:
        unshare(CLONE_NEWNET)
    except PermissionError:
        user, group = os.geteuid(), os.getegid()
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        _become_root_inside(user, group)


def new_network() -> int:
    """Make a network namespace, held by the open file returned, and stay where one is.

    Raises:
        OSError: the kernel refuses.
    """
    home = hold(OWN_NETWORK)
    try:
        unshare(CLONE_NEWNET)
        made = hold(OWN_NETWORK)
        enter(home, CLONE_NEWNET)
    finally:
        os.close(home)
    return made


@contextmanager
def inside(network: int) -> Iterator[None]:
    """Do something inside a network namespace: sockets opened and programs started there belong to it for good."""
    home = hold(OWN_NETWORK)
    try:
        enter(network, CLONE_NEWNET)
        try:
            yield
        finally:
            enter(home, CLONE_NEWNET)
    finally:
        os.close(home)


def hold(path: Path) -> int:
    """Open a namespace's file, which keeps it alive until closed."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _become_root_inside(user: int, group: int) -> None:
    """Map root inside the new user namespace to the user outside; the order is that of user_namespaces(7)."""
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
