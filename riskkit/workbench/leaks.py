"""Looking for what must not be there: every text of every file of a folder, whatever its format."""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

_WORD = re.compile(r"[a-z0-9]+")
_ARCHIVES = (".xlsx", ".docx", ".pptx", ".skops", ".zip")
_LEAST = 4
"""Letters and digits under which a name is too short to be told from any word."""


def find_leaks(folder: Path, secrets: Iterable[str], *, harmless: str = "") -> list[tuple[str, str]]:
    """Which of the secrets are found, and in which file: (file, secret), without regard to case, accents or spaces.

    Parameters
    ----------
    folder
        Every file below it is read: text, Parquet, Office documents, PDF, notebooks, and the names of files.
    secrets
        Names, numbers and addresses. Those of fewer than four letters or digits are not looked for.
    harmless
        Words that a document may hold by itself: a secret all in there is not one.

    """
    known = _ngrams(harmless)
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for secret in set(secrets):
        words = tuple(_WORD.findall(_plain(secret)))
        if len("".join(words)) >= _LEAST and not _is_within(words, known):
            starts.setdefault(words[0], []).append((words, secret))
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        for text in [name, *texts_of(path)]:
            tokens = _WORD.findall(_plain(text))
            for place, token in enumerate(tokens):
                for words, secret in starts.get(token, ()):
                    if tuple(tokens[place : place + len(words)]) == words:
                        found.append((name, secret))
    return sorted(set(found))


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a file, as a reader of its format would see it, properties included."""
    if path.suffix == ".parquet":
        yield from _parquet_texts(path)
    elif path.suffix == ".pdf":
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(path.read_bytes()))
        yield " ".join(str(value) for value in (reader.metadata or {}).values())
        yield from (page.extract_text() for page in reader.pages)
    elif path.suffix in _ARCHIVES:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield member
                yield html.unescape(archive.read(member).decode("utf-8", "replace"))
    elif path.suffix == ".ipynb":
        yield from _json_texts(json.loads(path.read_text(encoding="utf-8")))
    else:
        yield html.unescape(path.read_bytes().decode("utf-8", "replace"))


def _parquet_texts(path: Path) -> Iterator[str]:
    from riskkit.engine import read_parquet

    frame = read_parquet(path)
    yield " ".join(map(str, frame.columns))
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            yield " | ".join(sorted(set(frame[name].dropna().astype("str"))))


def _json_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield html.unescape(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _json_texts(each)
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield html.unescape("".join(value))  # lines of one text
        else:
            for each in value:
                yield from _json_texts(each)


def _plain(text: str) -> str:
    """Lower case, without accents: as people search."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode("ascii")


def _ngrams(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(_plain(text))
    return {tuple(words[place : place + size]) for size in (1, 2, 3) for place in range(len(words))}


def _is_within(words: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    return words in known if len(words) <= 3 else False
