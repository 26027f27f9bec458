"""Facts that no file has: connections, network drivers and namespaces, mapped devices, the clock, locks of packages, logs of NVMe,
crash dumps."""

import json
import time

from crashcart_collector.clock import clock
from crashcart_collector.connections import Connections, flows
from crashcart_collector.crashes import crashes
from crashcart_collector.drivers import Drivers
from crashcart_collector.mapped import Mapped
from crashcart_collector.namespaces import Namespaces
from crashcart_collector.nvme import nvme_health
from crashcart_collector.objects import mapped_objects
from crashcart_collector.packages import package_files
from crashcart_collector.readers import Job

MYPY = False
if MYPY:
    from typing import Any, Callable

    from crashcart_collector.hangs import Head
    from crashcart_collector.loop import Loop

    Read = Callable[[Any], Head]

PREFIX = "facts:"
TIMEOUT = 5.0


class DialledFacts:
    """Facts of one kind, dialled as a socket is: each line that is written, arguments in JSON, gets a line of JSON. A thread reads
    them: a driver may hang."""

    two_way, restless = True, False

    def __init__(self, loop: "Loop", head: "Head") -> None:
        self.loop, self.id, self.path = loop, head["id"], head["path"]
        self.over = None  # type: Head | None
        self.read = None  # type: Read | None
        loop.send({"id": self.id, "dialled": 1, "at": time.monotonic()})

    @property
    def ending(self) -> bool:
        return self.over is not None

    def write(self, data: bytes) -> None:
        asked = json.loads(data.decode())
        head = {"id": self.id, "what": ["facts", self.path, lambda: self.facts(asked)], "timeout": TIMEOUT}
        self.loop.readers.put(Job(head, self.reply))

    def facts(self, asked: "Any") -> "Head":
        if self.read is None:
            self.read = FACTS[self.path]()
        return self.read(asked)

    def reply(self, found: "Head") -> None:
        if self.over is None:
            facts = found["facts"] if "facts" in found else {"why": found["why"], "detail": found["detail"]}
            line = json.dumps(facts, separators=(",", ":")).encode() + b"\n"
            self.loop.send({"id": self.id, "out": 1, "at": time.monotonic()}, line)

    def close_stdin(self) -> None:
        self.kill()

    def kill(self) -> None:
        self.over = self.over or {"exit": 0}

    def ended(self, now: float) -> bool:
        if self.over is None:
            return False
        self.loop.send(dict(self.over, id=self.id, at=now))
        return True


FACTS = {
    PREFIX + "drivers": lambda: Drivers().read,
    PREFIX + "namespaces": lambda: Namespaces().read,
    PREFIX + "mapped": lambda: Mapped().read,
    PREFIX + "clock": lambda: clock,
    PREFIX + "connections": lambda: Connections().read,
    PREFIX + "flows": lambda: flows,
    PREFIX + "packages": lambda: package_files,
    PREFIX + "objects": lambda: mapped_objects,
    PREFIX + "nvme": lambda: nvme_health,
    PREFIX + "crashes": lambda: crashes,
}  # type: dict[str, Callable[[], Read]]
