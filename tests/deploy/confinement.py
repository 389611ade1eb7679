"""A unit's restrictions without systemd: the same kernel features, applied by hand and in systemd's order.

Run as root by Debian's own Python: ``confinement.py PLAN`` mounts, then becomes another user and runs itself as
``confinement.py PLAN filter``, which installs the filter of system calls and becomes the command. The plan is JSON.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x20000
NAMESPACES = 0x7E020080  # CLONE_NEW*: NS, CGROUP, UTS, IPC, USER, PID, NET, TIME
ALLOW, ERRNO = 0x7FFF0000, 0x00050000  # actions of libseccomp
EQ, MASKED, GREATER = 4, 7, 6  # comparisons of libseccomp
WRITE, EXECUTE = 2, 4  # protections of mmap(2)
FAMILIES = {"AF_INET": 2, "AF_INET6": 10, "AF_UNIX": 1}
HIGHEST_FAMILY = 45
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def run(*command: str) -> None:
    subprocess.run(command, check=True)


# -- what is seen of the machine -----------------------------------------------------------------------------------


def mount(plan: dict[str, Any]) -> None:
    """See the machine as the unit does: read-only, without homes and devices, its own temporary files and state."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    run("mount", "--make-rprivate", "/")
    held = {path: os.open(source, os.O_PATH) for path, source in plan["bind"].items()}
    for empty in ("/tmp", "/var/tmp", "/home", "/root", "/opt", "/var/lib", "/run"):
        if Path(empty).is_dir():
            run("mount", "-t", "tmpfs", "-o", "mode=755", "none", empty)
    Path("/tmp").chmod(0o1777)
    for path, descriptor in held.items():
        Path(path).mkdir(parents=True)
        run("mount", "--bind", f"/proc/{os.getpid()}/fd/{descriptor}", path)
    for path in plan["own"]:
        Path(path).mkdir(parents=True)
        os.chown(path, plan["uid"], plan["uid"])
    for path, text in plan["credentials"].items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
        os.chown(path, plan["uid"], plan["uid"])
        Path(path).chmod(0o400)
    devices()
    read_only({"/tmp", *plan["own"]})


def devices() -> None:
    """PrivateDevices: only those that hold nothing."""
    held = {name: os.open(f"/dev/{name}", os.O_PATH) for name in DEVICES}
    run("mount", "-t", "tmpfs", "-o", "mode=755", "none", "/dev")
    for name, descriptor in held.items():
        Path(f"/dev/{name}").touch()
        run("mount", "--bind", f"/proc/{os.getpid()}/fd/{descriptor}", f"/dev/{name}")


def read_only(writable: set[str]) -> None:
    """ProtectSystem=strict, ProtectKernelTunables, ProtectControlGroups, ProtectProc, ProcSubset."""
    for path in writable - {"/tmp"}:
        run("mount", "--bind", path, path)
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for path in sorted(set(mounts), key=len, reverse=True):
        if path not in writable and not path.startswith(("/dev/", "/proc")):
            subprocess.run(["mount", "-o", "remount,bind,ro", path], check=False, stderr=subprocess.DEVNULL)
    run("mount", "-t", "proc", "-o", "ro,hidepid=invisible,subset=pid", "proc", "/proc")


# -- what may be asked of the kernel -------------------------------------------------------------------------------


class Comparison(ctypes.Structure):
    """``struct scmp_arg_cmp`` of libseccomp."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def filter_calls(plan: dict[str, Any]) -> None:
    """SystemCallFilter, RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute, by libseccomp."""
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_load.argtypes = lib.seccomp_release.argtypes = [ctypes.c_void_p]
    rule: list[Any] = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    lib.seccomp_rule_add_array.argtypes = rule

    def load(default: int, rules: list[tuple[int, str, tuple[int, int, int, int] | None]]) -> None:
        context = lib.seccomp_init(default)
        for action, call, condition in rules:
            number = lib.seccomp_syscall_resolve_name(call.encode())
            if number >= 0:  # what this machine has not is denied anyway
                compared = None if condition is None else ctypes.byref(Comparison(*condition))
                if lib.seccomp_rule_add_array(context, action, number, 0 if condition is None else 1, compared):
                    raise OSError(f"no rule for {call}")
        if lib.seccomp_load(context):
            raise OSError("the filter was not taken")
        lib.seccomp_release(context)

    # as systemd does, one filter a setting; the kernel takes the strictest answer
    denied = ERRNO | errno.EPERM
    namespaces = [(denied, "clone", (0, MASKED, bit, bit)) for bit in bits(NAMESPACES)]
    namespaces += [(denied, "unshare", (0, MASKED, bit, bit)) for bit in bits(NAMESPACES)]
    load(ALLOW, [*namespaces, (denied, "setns", None)])
    executable = [(denied, call, (2, MASKED, EXECUTE, EXECUTE)) for call in ("mprotect", "pkey_mprotect")]
    load(ALLOW, [*executable, (denied, "mmap", (2, MASKED, WRITE | EXECUTE, WRITE | EXECUTE))])
    families = {FAMILIES[name] for name in plan["families"]}
    unknown = ERRNO | errno.EAFNOSUPPORT
    closed = [(unknown, "socket", (0, EQ, family, 0)) for family in range(HIGHEST_FAMILY + 1) if family not in families]
    load(ALLOW, [*closed, (unknown, "socket", (0, GREATER, HIGHEST_FAMILY, 0))])
    load(denied, [(ALLOW, call, None) for call in plan["calls"]])


def bits(mask: int) -> list[int]:
    return [1 << place for place in range(32) if mask >> place & 1]


# -- what must be denied -------------------------------------------------------------------------------------------


def attempts() -> dict[str, str]:
    """Try what the unit denies, and return what the kernel answered."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: Any) -> None:
        ctypes.set_errno(0)
        if getattr(libc, name)(*arguments) in (-1, 0xFFFFFFFF):
            raise OSError(ctypes.get_errno(), name)

    tries: dict[str, Callable[[], object]] = {
        "write /etc": lambda: Path("/etc/extranet-monitor-was-here").touch(),
        "write /usr": lambda: Path("/usr/extranet-monitor-was-here").touch(),
        "write /opt": lambda: Path("/opt/extranet-monitor-was-here").touch(),
        "read /root": lambda: next(Path("/root").iterdir()),
        "read a secret's own file": lambda: Path("/opt/config/secrets/community").read_text(),
        "a packet socket": lambda: socket.socket(17, socket.SOCK_RAW),
        "a netlink socket": lambda: socket.socket(16, socket.SOCK_RAW),
        "a namespace": lambda: call("unshare", 0x10000000),
        "a mount": lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
        "another user": lambda: os.setuid(0),
        "the clock": lambda: call("settimeofday", ctypes.byref((ctypes.c_long * 2)(0, 0)), None),
        "a port below 1024": lambda: socket.socket().bind(("127.0.0.1", 162)),
        "memory to write and execute": lambda: call("mprotect", ctypes.c_void_p(id(libc) & ~4095), 4096, 7),
        "the kernel's numbers": lambda: Path("/proc/sys/kernel/hostname").read_text(),
        "other processes": lambda: Path("/proc/1/status").read_text(),
        "a device": lambda: Path("/dev/vda").read_bytes(),
        "a foreign binary call": lambda: call("syscall", 169, 0xFEE1DEAD, 0, 0, 0),  # reboot(2)
    }
    said = {}
    for name, attempt in tries.items():
        try:
            attempt()
            said[name] = "permitted"
        except StopIteration:
            said[name] = "empty"
        except OSError as error:
            said[name] = errno.errorcode.get(error.errno or 0, str(error))
    return said


def main() -> None:
    """Confine this process by a plan, and become what it names."""
    plan = json.loads(Path(sys.argv[1]).read_text()) if sys.argv[1] != "-" else json.loads(os.environ["PLAN"])
    if len(sys.argv) == 2:
        os.environ["PLAN"] = json.dumps(plan)
        mount(plan)
        caps = "".join(f",+{each.removeprefix('CAP_').lower()}" for each in plan["capabilities"])
        drop = [f"--{kind}=-all{caps}" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
        user = [f"--reuid={plan['uid']}", f"--regid={plan['uid']}", "--clear-groups", "--no-new-privs"]
        os.chdir(plan["directory"])
        os.umask(plan["umask"])
        os.execvp("setpriv", ["setpriv", *user, *drop, "--", sys.executable, plan["itself"], "-", "filter"])
    filter_calls(plan)
    if plan["command"] == ["attempts"]:
        print(json.dumps(attempts()))
        return
    del os.environ["PLAN"]
    os.execv(plan["command"][0], plan["command"])


if __name__ == "__main__":
    main()
