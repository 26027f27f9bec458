"""
Bytes of a core dump: of the file itself, or of a stream that is decompressed up to where they are. systemd-coredump(8) compresses by zstd,
lz4 or xz; apport keeps a core as base64 of gzip or zstd in its report, https://wiki.ubuntu.com/Apport.
"""

import base64
import itertools
import os
import stat

from crashcart_stacks.budget import Budget
from crashcart_stacks.decoders import decoder_of
from crashcart_stacks.errors import Refused

MYPY = False
if MYPY:
    from typing import Iterator

    from crashcart_stacks.decoders import Decoder


PIECE = 1 << 18
MAX_LINE = 4 << 20  # of a report: apport writes lines of up to 1.4 MiB
# Fields of a report that name what crashed; others have texts of the user's session, and are as long as their writer likes.
FIELDS = (
    "ProblemType",
    "Date",
    "DistroRelease",
    "Package",
    "SourcePackage",
    "ExecutablePath",
    "Signal",
    "SignalName",
    "UnreportableReason",
)
MAX_VALUE = 300
# Decompression is work of the host: 0.5 to 1 GB per second of zstd, 0.1 of gzip.
MAX_CPU_S, MAX_WALL_S = 15.0, 25.0
MAX_BYTES = 1 << 40
MAX_HELD = 64 << 20
FORMATS = ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x04\x22\x4d\x18", "lz4"), (b"\xfd7zXZ", "xz"), (b"\x1f\x8b", "gzip"), (b"\x7fELF", ""))


class CoreBytes:
    """`packing` is the name of the compression, empty for none; `fields` are those of apport's report that FIELDS names."""

    def __init__(self, path: str) -> None:
        self.file = opened(path)
        self.size = os.fstat(self.file).st_size
        self.budget = Budget(MAX_BYTES, MAX_CPU_S, MAX_WALL_S)
        self.fields = {}  # type: dict[str, str]
        self.at = 0
        self.kept = bytearray()
        self.held = None  # type: memoryview | None
        self.damage = ""
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Takes the format by the first bytes, of a report those of its core."""
        head = os.pread(self.file, 16, 0)
        is_report = head.startswith(b"ProblemType:")
        pieces = self.report_pieces() if is_report else self.file_pieces()
        first = next(pieces, b"") if is_report else head
        packing = next((name for magic, name in FORMATS if first.startswith(magic)), None)
        if packing is None:
            raise Refused("failed", "not a core dump: neither ELF, zstd, lz4, xz, gzip, nor a report of apport with a core")
        self.packing = packing
        if packing or is_report:
            self.pieces = self.decompressed(decoder_of(packing), first if is_report else b"", pieces)

    def close(self) -> None:
        os.close(self.file)

    @property
    def is_stream(self) -> bool:
        return hasattr(self, "pieces")

    def hold(self, size: int) -> bool:
        """Keeps a small stream in memory, where it may be read in any order; whether any order is possible now."""
        if self.is_stream and self.held is None and size <= MAX_HELD:
            held, at = bytearray(size), self.at
            # What was passed is not needed again: the head and the notes.
            while at < size:
                part = self.read(at, PIECE)
                if not part:
                    break
                held[at : at + len(part)] = part
                at += len(part)
            self.held = memoryview(held)[:at]
        return self.held is not None or not self.is_stream

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from an offset, fewer where the dump ends; of a stream offsets only rise."""
        self.budget.spend(size)
        if self.held is not None:
            return bytes(self.held[offset : offset + size])
        if not self.is_stream:
            return os.pread(self.file, size, offset) if 0 <= offset < 1 << 62 else b""
        if offset < self.at:
            raise Refused("failed", "segments of a compressed core are not in order")
        while self.at + len(self.kept) < offset + size:
            piece = self.next_piece()
            if piece is None:
                break
            past = offset - self.at - len(self.kept)
            if past >= len(piece):
                self.at, self.kept = self.at + len(self.kept) + len(piece), bytearray()
            else:
                self.kept += piece
        del self.kept[: max(0, offset - self.at)]
        self.at = offset
        return bytes(self.kept[:size])

    def next_piece(self) -> "bytes | None":
        """Next bytes of a stream; None at its end, which may be damage, of which `damage` has the reason."""
        self.budget.look()
        try:
            return next(self.pieces, None)
        except Refused as error:
            if self.at == 0 and not self.kept:
                raise
            self.damage = str(error)
            return None

    def file_pieces(self) -> "Iterator[bytes]":
        at = 0
        while True:
            # Here, since of a piece nothing may come out: of text before a core, of frames that a decoder skips.
            self.budget.look()
            piece = os.pread(self.file, PIECE, at)
            if not piece:
                return
            at += len(piece)
            yield piece

    def report_pieces(self) -> "Iterator[bytes]":
        """Core of a report, after its fields: texts come before binary values."""
        name, is_core = "", False
        for line in self.lines():
            if line.startswith(b" "):
                if is_core:
                    try:
                        yield base64.b64decode(line.strip())
                    except ValueError:
                        return
                elif name in self.fields and len(self.fields[name]) < MAX_VALUE:
                    # A value of several lines has none beside its name.
                    more = line[1 : 1 + MAX_VALUE].decode("utf-8", "replace")
                    self.fields[name] = (self.fields[name] + "\n" + more).strip()[:MAX_VALUE]
                continue
            if is_core:
                return
            key, _, value = line.partition(b":")
            name = key[:MAX_VALUE].decode("utf-8", "replace")
            if name in FIELDS:
                self.fields[name] = value.strip()[:MAX_VALUE].decode("utf-8", "replace")
            is_core = line.startswith(b"CoreDump: base64")

    def lines(self) -> "Iterator[bytes]":
        kept = b""
        for piece in self.file_pieces():
            parts = (kept + piece).split(b"\n")
            kept = parts.pop()
            for part in parts:
                yield part
            if len(kept) > MAX_LINE:
                raise Refused("failed", "report of apport with a line over %d MiB" % (MAX_LINE >> 20))
        if kept:
            yield kept

    def decompressed(self, decoder: "Decoder", first: bytes, pieces: "Iterator[bytes]") -> "Iterator[bytes]":
        for piece in itertools.chain([first], pieces):
            for part in decoder.decompress(piece):
                yield part
            if decoder.ended:
                return


def opened(path: str) -> int:
    """A regular file: /var/crash is writable for all, and a link there may lead anywhere."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        why = "absent" if isinstance(error, FileNotFoundError) else "denied" if isinstance(error, PermissionError) else "failed"
        raise Refused(why, "%s: %s" % (path, error.strerror or error)) from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Refused("failed", "%s: not a regular file" % path)
    return file
