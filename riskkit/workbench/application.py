"""The process that serves dashboard pages: Voila with the doors closed that a ledger needs closed.

Started by `server.serve_dashboard`, which writes the settings on its standard input. It differs from plain Voila in
this: it reads no configuration file; it serves one notebook, and no file beside it; it checks the host name; a token in
the address is turned into a cookie and taken out of the address; every answer carries the security headers; the kernel
of a closed page is freed with the XSRF check on; it ends when the process that started it does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import threading
import time
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlencode

import tornado.web
from jupyter_core.utils import ensure_async, run_sync
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.netutil import bind_sockets
from traitlets.config import Config
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import AllowListFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from riskkit.workbench.abandoned import AbandonedKernels
from riskkit.workbench.access import name_of_user, role_of_user
from riskkit.workbench.forked_kernels import fork_kernels
from riskkit.workbench.session_log import NAME, ROLE, SESSION

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 5.0
HEADERS = (ROLE, NAME, SESSION)


class RunPage(TornadoVoilaHandler):  # type: ignore[misc]
    """The one page of the server, at its root."""

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        """Serve the page; send a visitor who came with the token to the same address without it.

        Reading the XSRF token sets its cookie. The page sends it back when it closes, to have its kernel freed; Voila
        by itself never sets it, so its closed pages are refused and their kernels kept.
        """
        if path:
            raise tornado.web.HTTPError(404)
        _ = self.xsrf_token
        if "token" in self.request.query_arguments:
            kept = [(k, v) for k, vs in self.request.query_arguments.items() if k != "token" for v in vs]
            self.redirect(self.base_url + ("?" + urlencode(kept) if kept else ""))
            return
        user, provider = self.current_user, self.identity_provider
        for header, value in zip(HEADERS, (role_of_user(user), name_of_user(user), user.username), strict=True):
            self.request.headers[header] = value
        provider.note("opened", self, user, asked=self.request.query)
        await super().get(path)


class ClosePage(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """Called by a page that goes away."""

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """Free the kernel; one that is already gone is no fault."""
        if kernel_id in self.kernel_manager:
            await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
            self.identity_provider.note("closed", self, self.current_user)
        self.set_status(204)
        self.finish()


class PageKernel(KernelHandler):
    """Asked by each page now and then whether its kernel is still there."""

    @tornado.web.authenticated
    async def get(self, kernel_id: str) -> None:
        """Its state; a kernel that died is cleared away and not found, like one that was freed."""
        manager: Any = self.kernel_manager
        if kernel_id in manager and not await ensure_async(manager.is_alive(kernel_id)):
            await ensure_async(manager.shutdown_kernel(kernel_id, now=True))
        if kernel_id not in manager:
            raise tornado.web.HTTPError(404)
        await super().get(kernel_id)  # type: ignore[misc]

    @tornado.web.authenticated
    async def delete(self, kernel_id: str) -> None:
        """Not offered: pages close with `ClosePage`."""
        raise tornado.web.HTTPError(405)


class Status(APIHandler):
    """How many kernels live, for monitoring and tests. No names, no identifiers."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Counts: all kernels, those with an open page, those waiting for a visitor."""
        manager: Any = self.kernel_manager
        kernels = manager.list_kernel_ids()
        waiting = sum(len(pool) for pool in getattr(manager, "_pools", {}).values())
        connected = sum(1 for each in kernels if manager.kernel_model(each)["connections"] > 0)
        self.finish(json.dumps({"kernels": len(kernels), "connected": connected, "waiting": waiting}))


class Visit(RequestInfoSocketHandler):  # type: ignore[misc]
    """Tells a kernel started in advance what its visitor asked for. Only kernels may ask: browsers name an origin."""

    def prepare(self) -> None:
        """Refuse browsers and other machines."""
        if "Origin" in self.request.headers or self.request.remote_ip not in ("127.0.0.1", "::1"):
            raise tornado.web.HTTPError(403)

    def on_close(self) -> None:
        """Forget this kernel and what was kept for it (the parent class may forget another one)."""
        for kernel_id in [k for k, waiter in self._waiters.items() if waiter is self]:
            del self._waiters[kernel_id]
            self._cache.pop(kernel_id, None)


class TemplateFile(TemplateStaticFileHandler):  # type: ignore[misc]
    """Style sheets and scripts of the templates; a malformed address is not found rather than a fault."""

    def parse_url_path(self, path: str) -> str:
        """As the parent class, for addresses of the form `template/static/file` only."""
        parts = path.split("/")
        if len(parts) < 3 or parts[1] != "static" or ".." in parts or not parts[0].isidentifier():
            raise tornado.web.HTTPError(404)
        return str(super().parse_url_path(path))


class SecurityHeaders(tornado.web.OutputTransform):
    """Puts the same headers on every answer: pages, static files, redirects and errors."""

    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, request: HTTPServerRequest) -> None:
        super().__init__(request)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers; the name and version of the server are not told."""
        for name, value in self.headers.items():
            headers[name] = value
        headers.pop("Server", None)
        return status_code, headers, chunk


_REPLACED = {
    KernelHandler: PageKernel,
    TornadoVoilaHandler: RunPage,
    VoilaShutdownKernelHandler: ClosePage,
    RequestInfoSocketHandler: Visit,
    TemplateStaticFileHandler: TemplateFile,
}


class DashboardApplication(Voila):  # type: ignore[misc]
    """Voila for one run. Settings come from `server_settings.voila_settings`, never from files."""

    config_file_paths: ClassVar[list[str]] = []

    def __init__(self, order: dict[str, Any]) -> None:
        super().__init__(config=Config(order["settings"]))
        SecurityHeaders.headers = order["headers"]
        self.shell: dict[str, Any] = order["shell"]
        self.host_names: list[str] = order["host_names"]
        self.is_public: bool = order["is_public"]
        self.sockets: list[Any] = []
        self.port: int

    def take_port(self) -> None:
        """Take the port before the first kernel is prepared, because kernels are told its number."""
        self.sockets = bind_sockets(self.port, self.ip)
        self.port = self.sockets[0].getsockname()[1]
        if self.is_public and self.ip not in ("0.0.0.0", "::"):  # noqa: S104 - kernels call on the loopback interface
            self.sockets += bind_sockets(self.port, "127.0.0.1")

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings with riskkit's error and sign-in pages, and no other host name than this machine's."""
        settings: dict[str, Any] = super().init_settings()
        settings.update(
            jinja2_env=settings["voila_jinja2_env"],
            jinja_template_vars={"riskkit": self.shell},
            allow_remote_access=self.is_public,
            local_hostnames=["localhost", *self.host_names],
            xsrf_cookie_kwargs={"samesite": "Lax"},
        )
        return settings

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Voila's addresses without its file server, and with the handlers of this module in place of its own."""
        kept = [handler for handler in super().init_handlers() if handler[1] is not AllowListFileHandler]
        replaced = [(handler[0], _REPLACED.get(handler[1], handler[1]), *handler[2:]) for handler in kept]
        return [(self.server_url + "api/status", Status), *replaced]

    def listen(self) -> None:
        """Serve until told to stop; say on the standard output, once, which port it is."""
        self.app.add_transform(SecurityHeaders)
        # who is behind a proxy of this machine is told by it; nobody else is believed
        HTTPServer(self.app, xheaders=bool(self.host_names) and not self.is_public).add_sockets(self.sockets)
        self.ioloop = IOLoop.current()
        abandoned = AbandonedKernels(self.kernel_manager, patience_seconds=PATIENCE_SECONDS)
        # the clock of the machine, for idle kernels only: no figure depends on it
        PeriodicCallback(
            lambda: abandoned.free(moment=dt.datetime.fromtimestamp(time.time(), tz=dt.UTC)), POLL_SECONDS * 1000
        ).start()
        threading.Thread(target=self._stop_with_parent, daemon=True).start()
        print(json.dumps({"port": self.port}), flush=True)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            self.ioloop.start()
        finally:
            self.stop()

    def stop(self) -> None:
        """End every kernel at once: they hold nothing that is not on disk. One that was just starting ends with us."""
        with suppress(tornado.web.HTTPError):
            run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def _stop_with_parent(self) -> None:
        while sys.stdin.read(1):
            pass
        self.ioloop.add_callback(self.ioloop.stop)


def main() -> None:
    """Read the settings (one line of JSON) from the standard input and serve until it is closed."""
    order = json.loads(sys.stdin.readline())
    application = DashboardApplication(order)
    nursery = fork_kernels(application)
    try:
        application.initialize([order["notebook"]])
        application.take_port()
        application.start()
    except OSError as refused:
        print(json.dumps({"error": refused.strerror or str(refused)}), flush=True)
        raise SystemExit(1) from refused
    finally:
        if nursery is not None:
            nursery.close()


if __name__ == "__main__":
    main()
