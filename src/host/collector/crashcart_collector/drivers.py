"""Counters and rings of network cards by the ioctl of ethtool(8), which needs no rights for them: include/uapi/linux/ethtool.h."""

import array
import fcntl
import os
import re
import socket
import struct
import time

from crashcart_collector.reads import small

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

SIOCETHTOOL = 0x8946
GDRVINFO, GRINGPARAM, GSTRINGS, GSTATS = 0x3, 0x10, 0x1B, 0x1D
STATS_SET = 1
MAX_CARDS = 64
MAX_COUNTERS = 20000
MAX_SENT = 1000  # counters of a card, the largest first: those of queues must be the same in each reading, since they are added up
SLACK = 1024  # the kernel writes as many as there are now, whatever was asked
STEERING_AGAIN = 120.0  # seconds


class Drivers:
    """Keeps the places of the counters that are wanted: their names are read again when their number changes."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.places = {}  # type: dict[str, tuple[tuple[str, int], list[tuple[int, str]]]]
        self.steering = {}  # type: dict[str, tuple[float, list[int]]]

    def read(self, asked: "Any") -> "Head":
        folder = "/sys/class/net/"
        names = sorted(name for name in os.listdir(folder) if os.path.exists(folder + name + "/device"))
        wanted = re.compile(asked["match"])
        cards = {}
        for name in names[:MAX_CARDS]:
            try:
                cards[name] = self.card(name, wanted)
            except OSError:
                continue  # it went, or its driver has none of these
        return {"facts": {"all": len(names), "cards": cards}}

    def card(self, name: str, wanted: "Any") -> "Head":
        info = self.ask(name, struct.pack("=I", GDRVINFO), 196)
        driver, count = info[4:36].split(b"\0")[0].decode("utf-8", "replace"), struct.unpack_from("=I", info, 180)[0]
        found = {"driver": driver, "steering": self.steered(name)}  # type: Head
        try:
            rings = struct.unpack_from("=8I", self.ask(name, struct.pack("=I", GRINGPARAM), 36), 4)
            found["rings"] = [rings[4], rings[0], rings[7], rings[3]]
        except OSError:
            pass
        found["counters"] = self.counters(name, driver, min(count, MAX_COUNTERS), wanted)
        return found

    def counters(self, name: str, driver: str, count: int, wanted: "Any") -> "Head":
        if count == 0 or os.path.exists("/sys/class/net/" + name + "/phy80211"):
            return {}  # drops and failed retries of a radio are no loss
        key, places = self.places.get(name, (("", 0), []))
        if key != (driver, count):
            texts = self.ask(name, struct.pack("=III", GSTRINGS, STATS_SET, count), 12 + 32 * count)
            every = [texts[12 + 32 * i : 44 + 32 * i].split(b"\0")[0].decode("ascii", "replace").strip() for i in range(count)]
            places = [(i, one) for i, one in enumerate(every) if wanted.search(one)]
            self.places[name] = (driver, count), places
        values = self.ask(name, struct.pack("=II", GSTATS, count), 8 + 8 * count)
        found = {}  # type: dict[str, int]
        for i, one in places:  # vmxnet3 has one name for all queues
            found[one] = found.get(one, 0) + struct.unpack_from("=Q", values, 8 + 8 * i)[0]
        largest = sorted(found, key=lambda one: found[one], reverse=True)[:MAX_SENT]
        return {one: found[one] for one in largest}

    def ask(self, name: str, request: bytes, size: int) -> bytes:
        held = array.array("B", request + bytes(max(size, len(request)) - len(request) + SLACK * 32))
        fcntl.ioctl(self.socket.fileno(), SIOCETHTOOL, struct.pack("16sP16x", os.fsencode(name), held.buffer_info()[0]))
        return held.tobytes()[:size]

    def steered(self, name: str) -> "list[int]":
        """Receive queues, those with RPS; transmit queues, those with XPS."""
        until, found = self.steering.get(name, (0.0, []))
        if time.monotonic() >= until:
            folder = "/sys/class/net/" + name + "/queues/"
            queues = os.listdir(folder)
            rx, tx = [one for one in queues if one.startswith("rx-")], [one for one in queues if one.startswith("tx-")]
            found = [
                len(rx),
                sum(bool(small(folder + one + "/rps_cpus").strip(b"0,\n")) for one in rx),
                len(tx),
                sum(bool(small(folder + one + "/xps_cpus").strip(b"0,\n")) for one in tx),
            ]
            self.steering[name] = time.monotonic() + STEERING_AGAIN, found
        return found
