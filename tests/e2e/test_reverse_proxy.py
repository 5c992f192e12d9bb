"""The files of `deploy/` as they are given: nginx started with ours, and the hub's service read."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from traitlets.config import Config

from riskkit.exhibits.language import language
from riskkit.workbench.cli_help import make_parser
from riskkit.workbench.server import serve_dashboard
from tests.e2e.conftest import CHECKOUT, CHROMIUM_ARGUMENTS, ask, eventually, kernels

DEPLOY = CHECKOUT / "deploy"
NAME = "impayes.example.fr"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def options_in(text: str) -> list[str]:
    """The arguments of `riskkit` in a command line of a file."""
    found = re.search(r"riskkit (dashboard .*--host-name.*)", text)
    assert found is not None
    return found.group(1).split()


@pytest.fixture
def proxy(tmp_path: Path):
    """Starts nginx with our file, its ports, certificate and name server replaced; gives its TLS and plain ports."""
    if NGINX is None:
        pytest.skip("no nginx on this machine: install Debian's package 'nginx-light' to run this test")
    started = []

    def start(port: int) -> tuple[int, int]:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
             "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        tls, plain = free_port(), free_port()
        text = (DEPLOY / "nginx.conf").read_text()
        text = re.sub(r"listen \[::\]:\d+[^;]*;", "", text)
        for ours, here in {
            "listen 443": f"listen 127.0.0.1:{tls}", "listen 80": f"listen 127.0.0.1:{plain}",
            f"/etc/ssl/certs/{NAME}.pem": str(certificate), f"/etc/ssl/private/{NAME}.key": str(key),
            "127.0.0.1:8899": f"127.0.0.1:{port}",
        }.items():  # fmt: skip
            assert ours in text
            text = text.replace(ours, here)
        folders = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {folders}\n{text} }}"
        (tmp_path / "main.conf").write_text(main)
        command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "main.conf"), "-g", "daemon off;"]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE))
        end = time.monotonic() + 10
        while not answers(tls):
            assert started[0].poll() is None, started[0].stderr.read().decode()
            assert time.monotonic() < end
            time.sleep(0.05)
        return tls, plain

    yield start
    for each in started:
        each.terminate()
        each.wait(10)
        each.stderr.close()


@pytest.mark.e2e
def test_nginx_with_our_file_serves_the_page_and_its_websocket_over_tls(
    proxy, browser, notebook, run_folder, importable
) -> None:
    with serve_dashboard(run_folder, notebook=notebook, preheated=0, host_name=NAME) as served:
        tls, plain = proxy(served.port)
        mapped = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
        running = browser.browser_type.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=[*CHROMIUM_ARGUMENTS, mapped],
        )
        context = running.new_context(locale="fr-FR", ignore_https_errors=True)
        page = context.new_page()
        sockets = []
        page.on("websocket", lambda opened: sockets.append(opened.url))
        answer = page.goto(f"https://{NAME}:{tls}/?token={served.token}&page=clients", wait_until="commit")
        page.get_by_test_id("ready").wait_for(timeout=30_000)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["x-frame-options"] == "DENY"
        page.get_by_text("plus un").click()
        page.locator("[data-testid=count]", has_text="1").wait_for()  # there and back through the websocket
        assert [url for url in sockets if url.startswith(f"wss://{NAME}:{tls}/api/kernels/")]
        assert all(cookie["secure"] for cookie in context.cookies() if cookie["name"].startswith("username"))
        page.close()
        assert eventually(lambda: kernels(served)["kernels"] == 0, seconds=5)
        context.close()
        running.close()
        redirect = ask_plain(plain)
        assert "301" in redirect
        assert f"https://{NAME}/login" in redirect
        assert ask(served, "/login", headers={"Host": "autre.example.fr"}).status == 403


def ask_plain(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(f"GET /login HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
        return opened.recv(4096).decode()


@pytest.mark.parametrize("file", ["nginx.conf", "riskkit-dashboard.service"])
def test_commands_in_the_files_are_those_of_the_program(file: str) -> None:
    asked = make_parser(language("fr")).parse_args(options_in((DEPLOY / file).read_text()))
    assert (asked.bind, asked.port, asked.host_name) == ("127.0.0.1", 8899, NAME)


def test_service_of_a_hub_starts_what_the_hub_passes_requests_to() -> None:
    settings = Config()
    text = (DEPLOY / "jupyterhub_config.py").read_text()
    exec(compile(text, "jupyterhub_config.py", "exec"), {"get_config": lambda: settings})  # noqa: S102 - our own file
    (service,) = settings.JupyterHub.services
    asked = make_parser(language("fr")).parse_args(service["command"][1:])
    assert service["url"] == f"http://{asked.bind}:{asked.port}"
    assert asked.base_url == f"/services/{service['name']}/"
    assert asked.host_name == "hub.example.fr"
    assert settings.JupyterHub.load_roles[0]["scopes"] == [f"access:services!service={service['name']}"]
