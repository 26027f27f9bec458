"""Where the Go runtime keeps its goroutines, by version.

Offsets of 64-bit builds as DWARF of programs built by 1.16.15, 1.18.10, 1.20.14, 1.22.12, 1.23.12, 1.24.13, 1.25.0 and 1.26.8 has them;
texts of runtime/runtime2.go, waitReasonStrings.
"""

import struct

# struct g: stack and, in `sched`, sp and pc stand at the same place in all versions.
STACK, M, SP, PC = 0, 48, 56, 64
COMMON = {"lr": 96, "syscallsp": 112, "syscallpc": 120, "status": 144, "goid": 152, "since": 168, "reason": 176, "procid": 72}
LATER = {"status": 152, "goid": 160, "since": 176, "reason": 184}
G_SIZE = 192
FIRST, NEWEST = 16, 26

RUNNING, SYSCALL, WAITING = 2, 3, 4
STATUSES = ("idle", "runnable", "running", "syscall", "waiting", "moribund", "dead", "enqueue", "copystack", "preempted")
SCAN = 0x1000
# Until 1.25; 1.26 has another order.
REASONS = (
    "waiting|GC assist marking|IO wait|chan receive (nil chan)|chan send (nil chan)|dumping heap|garbage collection|"
    "garbage collection scan|panicwait|select|select (no cases)|GC assist wait|GC sweep wait|GC scavenge wait|chan receive|chan send|"
    "finalizer wait|force gc (idle)|"
)
REASONS_26 = (
    "waiting|GC assist marking|IO wait|dumping heap|garbage collection|garbage collection scan|panicwait|GC assist wait|GC sweep wait|"
    "GC scavenge wait|finalizer wait|force gc (idle)|GOMAXPROCS updater (idle)|semacquire|sleep|chan receive (nil chan)|"
    "chan send (nil chan)|select (no cases)|select|chan receive|chan send|sync.Cond.Wait|"
)
LAST = (
    "preempted|debug call|GC mark termination|stopping the world|flushing proc caches|trace goroutine status|trace proc status|"
    "page trace flush|coroutine|GC weak to strong wait|synctest.Run|synctest.Wait|"
)


def layout_of(minor: int) -> "dict[str, int]":
    if minor >= 25:
        # gobuf.ret went.
        return {"lr": 88, "syscallsp": 104, "syscallpc": 112, "status": 144, "goid": 152, "since": 168, "reason": 176, "procid": 64}
    return dict(COMMON, **LATER) if minor >= 23 else COMMON


def reasons_of(minor: int) -> "list[str]":
    text = REASONS + ("GOMAXPROCS updater (idle)|" if minor >= 25 else "") + "semacquire|sleep|sync.Cond.Wait|"
    if minor >= 26:
        text = REASONS_26
    text += "timer goroutine (idle)|" if minor < 20 else "sync.Mutex.Lock|sync.RWMutex.RLock|sync.RWMutex.Lock|"
    if minor >= 24:
        text += "sync.WaitGroup.Wait|"
    text += "trace reader (blocked)|wait for GC cycle|GC worker (idle)|"
    if minor >= 19:
        text += "GC worker (active)|"
    kind = "durable" if minor >= 25 else "synctest"
    text += LAST + "chan receive (%s)|chan send (%s)|select (%s)|" % (kind, kind, kind)
    return (text + "sync.WaitGroup.Wait (durable)|cleanup wait").split("|")


def version_of(info: bytes) -> "str | None":
    """Version in a section .go.buildinfo of 1.18 and later; None where it is behind pointers, as before."""
    if info[:14] != b"\xff Go buildinf:" or len(info) < 34 or not info[15] & 2:
        return None
    # The version is shorter than 128 bytes, so that its size is one byte.
    return info[33 : 33 + info[32]].decode("ascii", "replace")


def version_pointer(info: bytes) -> "int | None":
    """Address of the string header with the version, in a section of 1.17 and before."""
    if info[:16] != b"\xff Go buildinf:\x08\x00" or len(info) < 24:
        return None
    return int(struct.unpack_from("<Q", info, 16)[0])
