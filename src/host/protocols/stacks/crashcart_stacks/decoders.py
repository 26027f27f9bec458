"""Decompression of streams by libraries of the host that systemd and dpkg use: libzstd, liblz4, liblzma. Memory is bounded."""

import ctypes
import zlib

from crashcart_stacks.errors import Refused

MYPY = False
if MYPY:
    from typing import Any, Iterator

PIECE = 1 << 18
MAX_XZ = 128 << 20


class Decoder:
    """Decompresses a stream, piece by piece; of data without compression it is the data. `ended`: what follows is not of it."""

    ended = False

    def decompress(self, data: bytes) -> "Iterator[bytes]":
        yield data


def decoder_of(packing: str) -> Decoder:
    return {"zstd": Zstd, "lz4": Lz4, "xz": Xz, "gzip": Gzip}.get(packing, Decoder)()


class Gzip(Decoder):
    def __init__(self) -> None:
        self.inner = zlib.decompressobj(47)  # gzip or zlib, by its head

    def decompress(self, data: bytes) -> "Iterator[bytes]":
        while data:
            try:
                yield self.inner.decompress(data, PIECE)
            except zlib.error as error:
                raise Refused("failed", "gzip: %s" % error) from None
            data = self.inner.unconsumed_tail
        self.ended = self.inner.eof


class Buffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer: https://facebook.github.io/zstd/zstd_manual.html"""

    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t))


def library(name: str) -> "Any":
    try:
        return ctypes.CDLL(name)
    except OSError:
        raise Refused("failed", "%s: not on this machine, needed to decompress the core" % name) from None


class Zstd(Decoder):
    """A window over 128 MiB is refused: ZSTD_d_windowLogMax."""

    def __init__(self) -> None:
        self.lib = library("libzstd.so.1")
        self.lib.ZSTD_createDStream.restype = ctypes.c_void_p
        self.lib.ZSTD_decompressStream.restype = ctypes.c_size_t
        self.lib.ZSTD_decompressStream.argtypes = [ctypes.c_void_p, ctypes.POINTER(Buffer), ctypes.POINTER(Buffer)]
        self.lib.ZSTD_freeDStream.argtypes = [ctypes.c_void_p]
        self.lib.ZSTD_isError.argtypes = self.lib.ZSTD_getErrorName.argtypes = [ctypes.c_size_t]
        self.lib.ZSTD_getErrorName.restype = ctypes.c_char_p
        self.stream = self.lib.ZSTD_createDStream()
        self.out = ctypes.create_string_buffer(PIECE)

    def __del__(self) -> None:
        if getattr(self, "stream", None):
            self.lib.ZSTD_freeDStream(self.stream)

    def decompress(self, data: bytes) -> "Iterator[bytes]":
        held = ctypes.create_string_buffer(data, len(data))
        source = Buffer(ctypes.addressof(held), len(data), 0)
        while True:
            target = Buffer(ctypes.addressof(self.out), PIECE, 0)
            result = self.lib.ZSTD_decompressStream(self.stream, ctypes.byref(target), ctypes.byref(source))
            if self.lib.ZSTD_isError(result):
                raise Refused("failed", "zstd: " + self.lib.ZSTD_getErrorName(result).decode("ascii", "replace"))
            if target.at:
                yield self.out.raw[: target.at]
            # A full buffer may have more behind it, also without input.
            if source.at >= source.size and target.at < PIECE:
                return


class Lz4(Decoder):
    """Frames of lz4: https://github.com/lz4/lz4/blob/dev/lib/lz4frame.h"""

    def __init__(self) -> None:
        self.lib = library("liblz4.so.1")
        self.lib.LZ4F_decompress.restype = ctypes.c_size_t
        self.lib.LZ4F_isError.argtypes = self.lib.LZ4F_getErrorName.argtypes = [ctypes.c_size_t]
        self.lib.LZ4F_getErrorName.restype = ctypes.c_char_p
        self.context = ctypes.c_void_p()
        self.lib.LZ4F_createDecompressionContext(ctypes.byref(self.context), ctypes.c_uint(100))
        self.out = ctypes.create_string_buffer(PIECE)

    def __del__(self) -> None:
        if getattr(self, "context", None):
            self.lib.LZ4F_freeDecompressionContext(self.context)

    def decompress(self, data: bytes) -> "Iterator[bytes]":
        held = ctypes.create_string_buffer(data, len(data))
        at = 0
        while True:
            made, taken = ctypes.c_size_t(PIECE), ctypes.c_size_t(len(data) - at)
            place = ctypes.c_void_p(ctypes.addressof(held) + at)
            result = self.lib.LZ4F_decompress(self.context, self.out, ctypes.byref(made), place, ctypes.byref(taken), None)
            if self.lib.LZ4F_isError(result):
                raise Refused("failed", "lz4: " + self.lib.LZ4F_getErrorName(result).decode("ascii", "replace"))
            at += taken.value
            if made.value:
                yield self.out.raw[: made.value]
            if at >= len(data) and made.value < PIECE:
                return


class Xz(Decoder):
    def __init__(self) -> None:
        # Not in every build of Python, and slow to import.
        import lzma

        self.error = lzma.LZMAError
        self.inner = lzma.LZMADecompressor(memlimit=MAX_XZ)

    def decompress(self, data: bytes) -> "Iterator[bytes]":
        while not self.inner.eof:
            try:
                part = self.inner.decompress(data, PIECE)
            except self.error as error:
                raise Refused("failed", "xz: %s" % error) from None
            data = b""
            if part:
                yield part
            if self.inner.needs_input:
                return
        self.ended = True
