"""Asking a public service politely: one request at a time, slowly, once, and kept on disk with its date."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from riskkit.errors import DataError, message

ADDRESSES = {
    "recherche_entreprises": "https://recherche-entreprises.api.gouv.fr/search",
    "bodacc": "https://bodacc-datadila.opendatasoft.com/api/records/1.0/search/",
}
_RETRIED = (429, 500, 502, 503, 504)
_MAX_BYTES = 8_000_000
_MAX_WAIT_SECONDS = 60.0


class HttpSettings(BaseModel):
    """Public services, as `portfolio.yaml` allows them.

    Off unless `enabled` is written: asking tells the service who the customers are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    services: tuple[Literal["recherche_entreprises", "bodacc"], ...] = ("recherche_entreprises", "bodacc")
    addresses: dict[Literal["recherche_entreprises", "bodacc"], str] = Field(default_factory=dict)
    per_second: Annotated[float, Field(gt=0, le=7)] = 3.0
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 15.0
    retries: Annotated[int, Field(ge=0, le=8)] = 3
    cache_days: Annotated[int, Field(ge=0, le=3_650)] = 30

    @field_validator("addresses")
    @classmethod
    def _encrypted(cls, addresses: dict[str, str]) -> dict[str, str]:
        for address in addresses.values():
            if not is_safe(address):
                raise ValueError(f"{address} is not an https address")
        return addresses

    def address(self, service: Literal["recherche_entreprises", "bodacc"]) -> str:
        """Where a service is asked."""
        return self.addresses.get(service, ADDRESSES[service])


@dataclass(frozen=True)
class Reply:
    """A JSON reply, and the day it was given."""

    content: Any
    day: dt.date


def is_safe(address: str) -> bool:
    """Whether an address is https, or this machine itself."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return True
    return parts.scheme == "http" and _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to https only; this machine itself excepted."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if not is_safe(newurl) or (
            _is_loopback(urllib.parse.urlsplit(newurl).hostname or "") and not _is_loopback(req.host.split(":")[0])
        ):
            raise urllib.error.HTTPError(newurl, code, "redirected to an address that is not safe", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class PoliteClient:
    """GET requests answered in JSON, at a limited rate, retried with growing waits, kept in a folder.

    `today` dates what is kept and says what has grown too old; `sleep` and `clock` are replaced in tests.
    """

    def __init__(
        self, settings: HttpSettings, *, cache: Path, today: dt.date,
        sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.settings, self.cache, self.today = settings, cache, today
        self._sleep, self._clock = sleep, clock
        self._last: float | None = None
        self.request_count = 0

    def get(self, address: str, parameters: Mapping[str, str]) -> Reply:
        """The reply to a request, from the folder when it is young enough, else from the service.

        Raises `DataError` when the service refuses or stays silent after every retry.
        """
        url = f"{address}?{urllib.parse.urlencode(sorted(parameters.items()))}"
        kept = self._kept(url)
        if kept is not None:
            return kept
        content = self._fetched(url)
        reply = Reply(content, self.today)
        self._keep(url, reply)
        return reply

    def _fetched(self, url: str) -> Any:
        fault = ""
        for attempt in range(self.settings.retries + 1):
            self._wait_turn()
            try:
                return self._asked(url)
            except urllib.error.HTTPError as refusal:
                fault, wait = f"HTTP {refusal.code}", _retry_after(refusal)
                refusal.close()
                if refusal.code not in _RETRIED:
                    break
            except (urllib.error.URLError, TimeoutError, OSError, ValueError) as silence:
                fault, wait = str(getattr(silence, "reason", silence)), None
            if attempt < self.settings.retries:
                self._sleep(min(wait if wait is not None else 2.0**attempt, _MAX_WAIT_SECONDS))
        raise DataError(
            message(
                "{host} does not answer ({fault}). What it gave before is kept: try again later.",
                host=urllib.parse.urlsplit(url).hostname or "",
                fault=fault,
            )
        )

    def _asked(self, url: str) -> Any:
        if not is_safe(url):
            raise urllib.error.URLError("the address is not https")
        request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "riskkit"})  # noqa: S310
        handlers: list[urllib.request.BaseHandler] = [_SafeRedirects()]
        if _is_loopback(urllib.parse.urlsplit(url).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))
        opener = urllib.request.build_opener(*handlers)
        self.request_count += 1
        with opener.open(request, timeout=self.settings.timeout_seconds) as answer:
            body = answer.read(_MAX_BYTES + 1)
        if len(body) > _MAX_BYTES:
            raise ValueError("the reply is too long")
        return json.loads(body)

    def _wait_turn(self) -> None:
        """Leave at least one over `per_second` seconds between two requests."""
        if self._last is not None:
            left = self._last + 1 / self.settings.per_second - self._clock()
            if left > 0:
                self._sleep(left)
        self._last = self._clock()

    def _place(self, url: str) -> Path:
        return self.cache / f"{sha256(url.encode()).hexdigest()}.json"

    def _kept(self, url: str) -> Reply | None:
        """What the folder holds for a request, or None when it holds nothing whole and young enough."""
        try:
            kept = json.loads(self._place(url).read_text(encoding="utf-8"))
            day = dt.date.fromisoformat(kept["date"])
            is_same = kept["url"] == url
        except (OSError, ValueError, KeyError, TypeError):
            return None
        age = (self.today - day).days
        return Reply(kept.get("reply"), day) if is_same and 0 <= age <= self.settings.cache_days else None

    def _keep(self, url: str, reply: Reply) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        place = self._place(url)
        aside = place.with_name(f".{place.name}.{os.getpid()}")
        kept = {"url": url, "date": reply.day.isoformat(), "reply": reply.content}
        aside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        os.replace(aside, place)


def _retry_after(refusal: urllib.error.HTTPError) -> float | None:
    """Seconds the service asks to wait, or None when it does not say a number."""
    try:
        return max(0.0, float(refusal.headers.get("Retry-After", "")))
    except ValueError:
        return None
