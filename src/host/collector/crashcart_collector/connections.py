"""TCP connections by peer, and UDP sockets that dropped, added up on the host: sock_diag(7), which needs no rights for them."""

import resource
import socket
import struct
import time

from crashcart_collector.reads import Miss, slurp, small

MYPY = False
if MYPY:
    from typing import Any, Iterator

    from crashcart_collector.hangs import Head

SOCK_DIAG = 4  # protocol of netlink(7)
BY_FAMILY, DONE, ERROR = 20, 3, 2
DUMP = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
TCP = 6
LISTENING, OTHERS = 0x400, 0xBFF  # bits of states
INFO = 0x2  # bit of the extension with tcp_info
MESSAGE = struct.Struct("=IH10x4B2s2s16s16s12xIIIII")  # nlmsghdr, inet_diag_msg
HEAD = 88  # bytes before the attributes
MAPPED = bytes(10) + b"\xff\xff"
ESTABLISHED, SYN_SENT, SYN_RECV, TIME_WAIT, CLOSE_WAIT, NEW_SYN_RECV = 1, 2, 3, 6, 8, 12
RETRANSMIT, WINDOW_PROBE = 1, 4  # timers
RTT = 15
# Places in tcp_info: rtt, rttvar, rto, unacked, total_retrans, snd_cwnd, snd_mss, pmtu, last_data_sent.
FIGURES = (RTT, 16, 0, 4, 23, 18, 2, 13, 9)
STATES = [
    "",
    "ESTAB",
    "SYN-SENT",
    "SYN-RECV",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "TIME-WAIT",
    "CLOSE",
    "CLOSE-WAIT",
    "LAST-ACK",
    "LISTEN",
    "CLOSING",
    "SYN-RECV",
]  # by number
MOST_PEERS, MOST_PORTS, MOST_UDP, MOST_FLOWS = 200, 20, 50, 200
FEW = 2000  # sockets up to which tcp_info is read of all
SHARE = 100  # times its own CPU time that a reading stays: 1 % of a CPU
MOST_SECONDS = 1.0  # of CPU in one reading: what is left is not counted
CHECKED = 4096  # sockets after which the time is looked at


class Connections:
    """A reading that took long stays for a time that keeps its share of a CPU."""

    def __init__(self) -> None:
        self.known = {}  # type: Head
        self.at, self.until = 0.0, 0.0

    def read(self, _: "Any") -> "Head":
        now = time.monotonic()
        if now >= self.until:
            began = thread_seconds()
            self.known, self.at = connections(began), now
            self.until = now + SHARE * (thread_seconds() - began)
        return {"facts": dict(self.known, age=round(now - self.at, 1))}


class Group:
    """Connections to a peer's port, or from a peer to a port of this host."""

    __slots__ = (
        "close_wait", "established", "opening", "probing", "resent", "retransmitting", "rtts", "sockets", "syns", "time_wait", "unacked",
        "unopened", "unread",
    )  # fmt: skip

    def __init__(self) -> None:
        self.sockets = self.established = self.opening = self.close_wait = self.time_wait = 0
        self.retransmitting = self.resent = self.probing = self.unacked = self.unread = 0
        self.unopened = self.syns = 0  # SYN-SENT that was sent again, and how often
        self.rtts = []  # type: list[int]  # microseconds


def connections(began: float) -> "Head":
    listening = {one[4] for one in sockets(LISTENING, 0)}
    extension = INFO if socket_total() <= FEW else 0
    groups = {}  # type: dict[tuple[bytes, bytes, bool], Group]
    states = {}  # type: dict[int, int]
    ports = {}  # type: dict[tuple[bytes, bytes, bytes], int]
    lowest, highest, reserved = port_range()
    whole = True
    for seen, found in enumerate(sockets(OTHERS, extension)):
        state, timer, retrans, info, local_port, port, local, remote, _, unread, unacked, _, _ = found
        if seen % CHECKED == CHECKED - 1 and thread_seconds() - began > MOST_SECONDS:
            whole = False
            break
        states[state] = states.get(state, 0) + 1
        is_from = local_port in listening
        key = (remote, local_port if is_from else port, is_from)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group()
        group.sockets += 1
        if state == ESTABLISHED:
            group.established += 1
        elif state == TIME_WAIT:
            group.time_wait += 1
        elif state == CLOSE_WAIT:
            group.close_wait += 1
        elif state in (SYN_SENT, SYN_RECV, NEW_SYN_RECV):
            group.opening += 1
        if retrans and state == SYN_SENT:
            group.unopened += 1
            group.syns = max(group.syns, retrans)
        elif retrans and timer == RETRANSMIT:
            group.retransmitting += 1
            group.resent = max(group.resent, retrans)
        elif timer == WINDOW_PROBE:
            group.probing += 1
        group.unacked += unacked
        group.unread += unread
        if info is not None and state == ESTABLISHED:
            group.rtts.append(info[RTT])
        if not is_from and lowest <= local_port[0] << 8 | local_port[1] <= highest:
            way = (local, remote, port)
            ports[way] = ports.get(way, 0) + 1
    peers = sorted(groups.items(), key=lambda one: (one[1].unopened, one[1].retransmitting, one[1].probing, one[1].sockets), reverse=True)
    ways = sorted(ports.items(), key=lambda one: one[1], reverse=True)
    return {
        "states": {STATES[state] if state < len(STATES) else str(state): count for state, count in states.items()},
        "whole": whole,
        "all": len(groups),
        "peers": [peer(key, group) for key, group in peers[:MOST_PEERS]],
        "ports": [[text(local), text(remote), number(port), count] for (local, remote, port), count in ways[:MOST_PORTS]],
        "range": highest - lowest + 1 - reserved,
        "udp": udp_sockets(),
    }


def peer(key: "tuple[bytes, bytes, bool]", group: Group) -> "list[Any]":
    remote, port, is_from = key
    rtts = sorted(group.rtts)
    counts = [group.sockets, group.established, group.opening, group.close_wait, group.time_wait]
    trouble = [group.unopened, group.syns, group.retransmitting, group.resent, group.probing, group.unacked, group.unread]
    return [text(remote), number(port), "from" if is_from else "to", *counts, *trouble, rtts[len(rtts) // 2] if rtts else None]


def flows(asked: "Any") -> "Head":
    """Connections of one peer with their tcp_info: `192.0.2.7 5432 to`, the port being the peer's or, with `from`, that of this host."""
    address, port, side = asked["argument"].split(" ")
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = socket.inet_pton(kind, address)
    is_from = side == "from"
    filtered = condition(8, kind, raw, -1 if is_from else int(port))
    if is_from:
        filtered = condition(7, 0, b"", int(port), len(filtered)) + filtered
    found = []  # type: list[list[Any]]
    for one in sockets(OTHERS, INFO, filtered):
        state, timer, retrans, info, local_port, remote_port, local, remote, expires, unread, unacked, uid, inode = one
        figures = None if info is None else [info[place] for place in FIGURES]
        ends = [text(local), number(local_port), text(remote), number(remote_port)]
        found.append([*ends, STATES[state], timer, retrans, expires, unread, unacked, uid, inode, figures])
    found.sort(key=lambda row: (row[6], row[9]), reverse=True)
    return {"facts": {"all": len(found), "flows": found[:MOST_FLOWS]}}


def condition(code: int, kind: int, raw: bytes, port: int, after: int = 0) -> bytes:
    """inet_diag_bc_op and inet_diag_hostcond: 4 bytes beyond the end of all operations refuse the socket."""
    size = 12 + len(raw)
    return struct.pack("=BBHBBxxi", code, size, size + after + 4, kind, 8 * len(raw), port) + raw


def sockets(states: int, extension: int, filtered: bytes = b"") -> "Iterator[tuple[Any, ...]]":
    """Sockets of both families: state, timer, retransmits, tcp_info or None, local and remote port, local and remote address, all four as
    bytes, expiry of the timer in ms, bytes not read, bytes not acknowledged, user, inode. An address of IPv4 within IPv6 has 4 bytes."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as asked:
        asked.settimeout(2.0)
        for family in (socket.AF_INET, socket.AF_INET6):
            body = struct.pack("=BBBxI48x", family, TCP, extension, states)
            if filtered:
                body += struct.pack("=HH", 4 + len(filtered), 1) + filtered
            asked.send(struct.pack("=IHHII", 16 + len(body), BY_FAMILY, DUMP, 0, 0) + body)
            yield from replies(asked)


def replies(asked: socket.socket) -> "Iterator[tuple[Any, ...]]":
    while True:
        data = asked.recv(1 << 18)
        at = 0
        while at + 16 <= len(data):
            size, kind = struct.unpack_from("=IH", data, at)
            if kind == DONE or size < 16:
                return
            if kind == ERROR:
                error = -struct.unpack_from("=i", data, at + 16)[0]
                raise OSError(error, "sock_diag")
            if kind == BY_FAMILY and size >= HEAD:
                yield socket_of(data, at, size)
            at += (size + 3) & ~3


def socket_of(data: bytes, at: int, size: int) -> "tuple[Any, ...]":
    _, _, family, state, timer, retrans, local_port, port, local, remote, *rest = MESSAGE.unpack_from(data, at)
    if family == socket.AF_INET:
        local, remote = local[:4], remote[:4]
    elif remote[:12] == MAPPED:
        local, remote = local[12:], remote[12:]
    info = tcp_info(data, at + HEAD, at + size) if size > HEAD else None
    return (state, timer, retrans, info, local_port, port, local, remote, *rest)


def tcp_info(data: bytes, at: int, end: int) -> "tuple[int, ...] | None":
    """Numbers of struct tcp_info after its first 8 bytes, up to total_retrans."""
    while at + 4 <= end:
        size, kind = struct.unpack_from("=HH", data, at)
        if kind == 2 and size >= 4 + 8 + 96:
            return struct.unpack_from("=24I", data, at + 12)
        if size < 4:
            return None
        at += (size + 3) & ~3
    return None


def socket_total() -> int:
    """TCP sockets of the network namespace, also in TIME-WAIT."""
    total = 0
    for line in (small("/proc/net/sockstat") + small("/proc/net/sockstat6")).split(b"\n"):
        words = line.split()
        if words[:1] in ([b"TCP:"], [b"TCP6:"]):
            total += sum(int(value) for name, value in zip(words[1::2], words[2::2]) if name in (b"inuse", b"tw"))
    return total


def port_range() -> "tuple[int, int, int]":
    """First and last port for connections out, and how many between them are reserved. ip-sysctl.rst."""
    words = small("/proc/sys/net/ipv4/ip_local_port_range").split()
    if len(words) != 2:
        return 1, 0, 0
    lowest, highest = int(words[0]), int(words[1])
    reserved = 0
    for part in small("/proc/sys/net/ipv4/ip_local_reserved_ports").strip().split(b","):
        first, _, last = part.partition(b"-")
        if first:
            reserved += max(0, min(highest, int(last or first)) - max(lowest, int(first)) + 1)
    return lowest, highest, reserved


def udp_sockets() -> "list[list[Any]]":
    """UDP sockets that dropped datagrams or have some unread: address, port, drops since it was opened, bytes unread, user, inode."""
    found = []  # type: list[list[Any]]
    for name in ("udp", "udp6"):
        try:
            rows = slurp("/proc/net/" + name).split(b"\n")[1:]
        except Miss:
            continue
        for row in rows:
            words = row.split()
            if len(words) < 13:
                continue
            drops, unread = int(words[12]), int(words[4].split(b":")[1], 16)
            if drops or unread:
                address, port = words[1].split(b":")
                found.append([hexadecimal(address), int(port, 16), drops, unread, int(words[7]), int(words[9])])
    return sorted(found, key=lambda row: (row[2], row[3]), reverse=True)[:MOST_UDP]


def hexadecimal(address: bytes) -> str:
    """`0100007F`: words of 32 bits in the order of the machine."""
    raw = bytes.fromhex(address.decode("ascii"))
    return text(b"".join(struct.pack("=I", word[0]) for word in struct.iter_unpack(">I", raw)))


def text(raw: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def number(port: bytes) -> int:
    return port[0] << 8 | port[1]


def thread_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_THREAD)
    return used.ru_utime + used.ru_stime
