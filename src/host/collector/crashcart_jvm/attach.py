"""Attach mechanism of HotSpot: sun.tools.attach.VirtualMachineImpl, src/hotspot/os/posix/attachListener_posix.cpp."""

import os
import re
import signal
import socket
import time

WAIT_S = 5.0
MAX_BYTES = 16 << 20


class Refused(Exception):
    """The JVM is not attached to, with the reason."""


def status_of(pid: int) -> "dict[str, str]":
    with open("/proc/%d/status" % pid) as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def check_start(pid: int, start: str) -> None:
    with open("/proc/%d/stat" % pid, errors="replace") as file:
        if file.read().rpartition(") ")[2].split()[19] != start:
            raise Refused("process has exited, PID %d is another one now" % pid)


def is_jvm(pid: int) -> bool:
    with open("/proc/%d/maps" % pid, errors="replace") as file:
        return any("/libjvm.so" in line for line in file)


def thread_dump(pid: int, start: str) -> str:
    status = status_of(pid)
    check_start(pid, start)
    if not is_jvm(pid):
        raise Refused("no JVM: libjvm.so is not mapped")
    # Without a handler the signal ends the process.
    if not int(status["SigCgt"], 16) >> (signal.SIGQUIT - 1) & 1:
        raise Refused("the JVM has no handler for SIGQUIT (-Xrs): the signal would end it")
    inside = int(status.get("NSpid", str(pid)).split()[-1])
    user, group = int(status["Uid"].split()[1]), int(status["Gid"].split()[1])
    work = os.open("/proc/%d/cwd" % pid, os.O_RDONLY | os.O_DIRECTORY)
    os.chdir("/proc/%d/root/tmp" % pid)
    if os.geteuid() == 0:
        # The JVM lets in its own user; before 11 no other.
        os.setegid(group)
        os.seteuid(user)
    name = ".java_pid%d" % inside
    if not os.path.exists(name):
        start_listener(pid, start, ".attach_pid%d" % inside, work, name)
    text = request(name)
    found = re.search(r"^Found .*deadlock.*?(?=^Found \d+ deadlocks?\.|\Z)", text, re.M | re.S)
    return (found.group(0) + "\n" if found else "") + text


def start_listener(pid: int, start: str, mark: str, work: int, name: str) -> None:
    """Has the JVM open its socket: it looks for the file when it gets the signal."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    os.close(os.open(mark, flags, 0o600, dir_fd=work))
    try:
        check_start(pid, start)
        os.kill(pid, signal.SIGQUIT)
        end = time.monotonic() + WAIT_S
        while not os.path.exists(name):
            if time.monotonic() > end:
                raise Refused("no socket within %g s (-XX:+DisableAttachMechanism, or not HotSpot)" % WAIT_S)
            time.sleep(0.02)
    finally:
        os.unlink(mark, dir_fd=work)


def request(name: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(WAIT_S)
        connection.connect(name)
        # Version of the protocol, command, three arguments.
        connection.sendall(b"1\0threaddump\0\0\0\0")
        parts = []  # type: list[bytes]
        size = 0
        while size < MAX_BYTES:
            part = connection.recv(65536)
            if not part:
                break
            parts.append(part)
            size += len(part)
    code, _, text = b"".join(parts).decode("utf-8", "replace").partition("\n")
    if code != "0":
        raise Refused("the JVM refused: %s" % (text.strip() or "code " + code))
    return text
