"""The parts of a workbook unpacked by streaming, and cut where no tag is in two."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from riskkit.errors import DataError
from riskkit.sources.container import damaged

ATTRIBUTES = rb"""(?:[^>"']|"[^"]*"|'[^']*')*+"""
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, struct.error)
Span = tuple[bytes, int, int]
_BLOCK = 1 << 17
_LONGEST_TAG = 1 << 22
_LOCAL_HEADER = 30
_TAG = re.compile(rb"<" + ATTRIBUTES + rb">")


def ahead(spans: Iterator[Span]) -> Iterator[Span]:
    """The spans, the next one being unpacked while one is looked at."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, spans, None)
        while (span := coming.result()) is not None:
            coming = pool.submit(next, spans, None)
            yield span


def blocks(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a part of the archive in blocks that cut no tag in two."""
    return (text[start:end] for text, start, end in spans(path, part))


def spans(path: Path, part: zipfile.ZipInfo) -> Iterator[Span]:
    """The text of a part of the archive: what is unpacked at once, between two beginnings of a tag, and the joints."""
    kept = b""
    for piece in pieces(path, part):
        first, last = piece.find(b"<"), piece.rfind(b"<")
        if first < 0:
            kept += piece
        else:
            kept += piece[:first]
            yield kept, 0, len(kept)
            yield piece, first, last
            kept = piece[last:]
        if len(kept) > _LONGEST_TAG:
            if not _TAG.match(kept):
                raise DataError(damaged(path))
            yield kept, 0, len(kept)
            kept = b""
    yield kept, 0, len(kept)


def pieces(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part of the archive unpacked to its very end, whatever length the archive gives it."""
    with path.open("rb") as handle:
        handle.seek(part.header_offset)
        name, extra = struct.unpack("<HH", handle.read(_LOCAL_HEADER)[26:])
        handle.seek(name + extra, 1)
        left, unpacked = part.compress_size, 0
        inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0 and (packed := handle.read(min(_BLOCK, left))):
            left -= len(packed)
            while packed:
                piece = inflate.decompress(packed, 16 * _BLOCK) if inflate else packed
                packed = inflate.unconsumed_tail if inflate else b""
                unpacked += len(piece)
                if unpacked > part.file_size:
                    raise DataError(damaged(path))
                yield piece
