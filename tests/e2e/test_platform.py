"""The platform under the dashboard pages, whatever the pages show: access, kernels freed, faults, isolation."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from riskkit.errors import UsageError
from riskkit.workbench.server import serve_dashboard
from tests.e2e.conftest import ask, eventually, kernels, open_page

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _no_kernel_is_left(dashboard) -> None:
    """Every test starts without kernels: the tabs of the one before were closed, so theirs must be gone."""
    assert eventually(lambda: kernels(dashboard)["kernels"] == 0, seconds=5)


def kernel_of(page) -> str:
    return json.loads(page.locator("#jupyter-config-data").text_content())["kernelId"]


# ---- Access


def test_without_token_a_visitor_gets_the_french_form_and_no_kernel_starts(page, dashboard) -> None:
    page.goto(f"http://127.0.0.1:{dashboard.port}/?page=clients")
    assert page.url.startswith(f"http://127.0.0.1:{dashboard.port}/login?next=")
    assert page.locator("h1").inner_text() == "Accès au tableau de bord"
    assert kernels(dashboard)["kernels"] == 0


def test_wrong_token_is_refused_in_french_and_the_right_one_opens_the_page_asked_for(page, dashboard) -> None:
    page.goto(f"http://127.0.0.1:{dashboard.port}/?page=clients")
    page.fill("#password", "faux")
    page.click("button")
    assert "n’est pas le bon" in page.get_by_role("alert").inner_text()
    page.fill("#password", dashboard.token)
    page.click("button")
    page.get_by_test_id("ready").wait_for()
    assert page.get_by_test_id("asked").inner_text() == "[('page', 'clients')]"


def test_interfaces_answer_403_without_the_token(dashboard) -> None:
    assert ask(dashboard, "/api/status").status == 403
    assert ask(dashboard, "/api/kernels/00000000-0000-0000-0000-000000000000").status == 403
    assert ask(dashboard, "/", headers={"Authorization": "token "}).status == 302
    assert ask(dashboard, "/?token=").status == 302


def test_token_leaves_the_address_and_known_parameters_reach_the_page(page, dashboard, run_folder) -> None:
    open_page(page, dashboard, "&page=clients&customer=C-1&exec=import+os&as_of=2024-03-31")
    assert "token" not in page.url
    assert page.get_by_test_id("asked").inner_text() == (
        "[('as_of', '2024-03-31'), ('customer', 'C-1'), ('page', 'clients')]"
    )
    assert page.get_by_test_id("run").inner_text() == str(run_folder)
    assert dashboard.token not in page.content()


# ---- The page itself


def test_page_is_french_needs_nothing_from_outside_and_runs_no_inline_script(page, dashboard) -> None:
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    open_page(page, dashboard)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title() == "Tableau de bord"
    inside = (f"http://127.0.0.1:{dashboard.port}/", "data:", "blob:")
    assert [url for url in asked if not url.startswith(inside)] == []
    assert complaints == []
    page.set_viewport_size({"width": 390, "height": 120})
    assert page.evaluate("document.documentElement.scrollHeight") > 200  # the document scrolls, not a panel in it


def test_callback_updates_the_page_its_address_and_its_title(page, dashboard) -> None:
    open_page(page, dashboard, "&language=en")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_text("plus un").click()
    assert eventually(lambda: page.title() == "Clients 1")
    assert page.get_by_test_id("count").inner_text() == "1"
    assert page.url.endswith("/?page=clients&filters=1")
    page.reload(wait_until="commit")
    page.get_by_test_id("ready").wait_for()
    assert page.get_by_test_id("asked").inner_text() == "[('filters', '1'), ('page', 'clients')]"


def test_fault_in_the_kernel_is_a_french_sentence_without_code_or_path(page, dashboard) -> None:
    open_page(page, dashboard, "&page=fault", wait_for="page-error")
    shown = page.content()
    assert "n’a pas pu s’afficher" in page.get_by_test_id("page-error").inner_text()
    for leak in ("Traceback", "ZeroDivisionError", "secret_of_the_kernel", "cell [", str(Path(__file__).parents[2])):
        assert leak not in shown
    assert page.get_by_test_id("page-error").get_by_role("button").inner_text() == "Recharger la page"


def test_markup_in_a_name_prints_and_template_parameters_change_nothing(page, dashboard) -> None:
    open_page(page, dashboard, "&page=hostile&template=reveal&theme=dark")
    page.wait_for_timeout(300)
    assert page.evaluate("window.robbed") is None
    assert "SHOULD NOT BE SEEN" not in page.content()
    assert page.locator("#rk-shell").count() == 1
    assert page.locator("body.theme-light").count() == 1


# ---- Kernels


def test_closed_tab_frees_its_kernel_with_xsrf_protection_on(context, dashboard) -> None:
    page = context.new_page()
    open_page(page, dashboard)
    kernel = kernel_of(page)
    login = "; ".join(f"{c['name']}={c['value']}" for c in context.cookies() if c["name"] != "_xsrf")
    assert ask(dashboard, f"/voila/api/shutdown/{kernel}", headers={"Cookie": login}, body=b"").status == 403
    assert kernels(dashboard)["kernels"] == 1
    page.close()
    assert eventually(lambda: kernels(dashboard)["kernels"] == 0, seconds=5)


def test_reloading_and_leaving_do_not_keep_kernels(page, dashboard) -> None:
    open_page(page, dashboard)
    page.reload(wait_until="commit")
    page.get_by_test_id("ready").wait_for()
    assert eventually(lambda: kernels(dashboard)["kernels"] == 1, seconds=5)
    page.goto("about:blank")
    assert eventually(lambda: kernels(dashboard)["kernels"] == 0, seconds=5)


def test_mail_links_and_downloads_do_not_end_the_session(page, dashboard) -> None:
    open_page(page, dashboard)
    page.get_by_test_id("mail").click()
    with page.expect_download():
        page.get_by_test_id("file").click()
    page.get_by_text("plus un").click()
    page.locator("[data-testid=count]", has_text="1").wait_for()


def test_lost_kernel_is_said_in_french_and_reloading_helps(page, dashboard) -> None:
    open_page(page, dashboard)
    assert page.locator("#rk-session").is_hidden()
    os.kill(int(page.get_by_test_id("pid").inner_text()), signal.SIGKILL)
    page.locator("#rk-session").wait_for(timeout=12_000)
    assert "La session est terminée" in page.locator("#rk-session-text").inner_text()
    page.locator("#rk-session").get_by_role("button", name="Recharger la page").click()
    page.locator("#rk-session").wait_for(state="hidden")
    page.get_by_test_id("ready").wait_for()


def test_loads_in_a_row_never_stick(context, dashboard) -> None:
    """Two tabs at once, six loads in all; RISKKIT_LOADS=200 asks for more."""
    tabs = [context.new_page(), context.new_page()]
    open_page(tabs[0], dashboard)
    for _ in range(int(os.environ.get("RISKKIT_LOADS", "6")) // len(tabs)):
        for tab in tabs:
            tab.goto(f"http://127.0.0.1:{dashboard.port}/", wait_until="commit")
        for tab in tabs:
            tab.get_by_test_id("ready").wait_for(timeout=30_000)
    assert eventually(lambda: kernels(dashboard) == {"kernels": 2, "connected": 2, "waiting": 0})


def test_prepared_kernel_hears_its_own_visitor_and_ends_with_the_server(
    context, notebook, run_folder, importable
) -> None:
    with serve_dashboard(run_folder, notebook=notebook, preheated=1, language="en") as prepared:
        pids = []
        for customer in ("C-1", "C-2"):
            assert eventually(lambda: kernels(prepared)["waiting"] == 1)
            page = context.new_page()
            open_page(page, prepared, f"&customer={customer}")
            assert page.get_by_test_id("asked").inner_text() == f"[('customer', '{customer}')]"
            assert page.locator("html").get_attribute("lang") == "en"
            pids.append(int(page.get_by_test_id("pid").inner_text()))
        context.close()
    assert prepared.process.returncode == 0
    assert eventually(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids))


# ---- What cannot be reached

UNREACHABLE = [
    "/voila/files/app.ipynb",
    "/voila/files/private.csv",
    "/voila/files/../private.csv",
    "/voila/files/%2e%2e/%2e%2e/etc/passwd",
    "/voila/files//etc/passwd",
    "/app.ipynb",
    "/private.csv",
    "/voila/render/app.ipynb",
    "/voila/tree",
    "/voila/api/contents",
    "/voila/api/contents/app.ipynb",
    "/api/contents",
    "/api/contents/app.ipynb",
    "/api/sessions",
    "/api/kernelspecs",
    "/api/terminals",
    "/files/app.ipynb",
    "/nbconvert/html/app.ipynb",
    "/voila/static/../../../../../../../../etc/passwd",
    "/voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/app.py",
    "/voila/templates/riskkit/static/../index.html.j2",
    "/voila/templates/riskkit/static/%2e%2e/index.html.j2",
    "/voila/templates/riskkit/index.html.j2",
    "/voila/templates/../static/x",
    "/voila/templates/x",
    "/voila/labextensions/../../../../../../etc/passwd",
    "/voila/api/themes/../../../../../../etc/passwd",
    "/voila/query/00000000-0000-0000-0000-000000000000",
]


def raw(dashboard, path: str, *, token: bool) -> tuple[int, str]:
    """A request whose path is sent untouched (urllib would tidy the dots)."""
    connection = http.client.HTTPConnection("127.0.0.1", dashboard.port, timeout=10)
    connection.request("GET", path, headers={"Authorization": f"token {dashboard.token}"} if token else {})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, text


@pytest.mark.parametrize("token", [False, True], ids=["stranger", "viewer"])
def test_notebooks_sources_and_other_files_are_reachable_by_no_address(dashboard, token: bool) -> None:
    for path in UNREACHABLE:
        status, text = raw(dashboard, path, token=token)
        assert status in (302, 400, 403, 404, 405, 426), (path, status)
        for leak in ("query_parameters", "root:x", "SECRET", "Traceback", "extends"):
            assert leak not in text, path
    assert kernels(dashboard)["kernels"] == 0


def test_missing_page_is_a_french_page(page, dashboard) -> None:
    page.goto(dashboard.url)
    page.goto(f"http://127.0.0.1:{dashboard.port}/rien")
    assert page.locator("h1").inner_text() == "Cette page n’existe pas"


def test_every_answer_carries_the_security_headers(dashboard) -> None:
    script = re.search(r"voila/templates/riskkit/static/riskkit\.css", ask(dashboard, "/login").text)
    assert script is not None
    for path in ("/login", "/", "/" + script.group(0), "/rien", "/voila/files/x", "/api/status"):
        headers = ask(dashboard, path).headers
        assert "script-src 'self';" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in headers


def test_other_host_names_are_refused(dashboard) -> None:
    assert ask(dashboard, "/", token=True, headers={"Host": "portfolio.example"}).status == 403


def test_browsers_cannot_read_what_another_visitor_asked(dashboard) -> None:
    upgrade = {
        "Origin": f"http://127.0.0.1:{dashboard.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    path = "/voila/query/00000000-0000-0000-0000-000000000000"
    assert ask(dashboard, path, headers=upgrade).status in (302, 403)


def test_token_is_neither_in_the_log_nor_in_the_process_list(dashboard) -> None:
    assert dashboard.token not in dashboard.log_file.read_text()
    assert dashboard.token not in Path(f"/proc/{dashboard.process.pid}/cmdline").read_text()
    assert dashboard.token not in Path(f"/proc/{dashboard.process.pid}/environ").read_text()
    assert dashboard.log_file.stat().st_mode & 0o077 == 0
    assert dashboard.token not in repr(dashboard).replace(dashboard.url, "")


# ---- Starting


def test_port_in_use_is_an_error_that_names_it(run_folder, notebook, importable) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot use port {port}"):
            serve_dashboard(run_folder, port=port, notebook=notebook)


def test_folder_without_a_run_is_an_error(tmp_path) -> None:
    with pytest.raises(UsageError, match="There is no run in"):
        serve_dashboard(tmp_path / "absent")


def test_stopping_is_quick_and_can_be_repeated(run_folder, notebook, importable) -> None:
    started = serve_dashboard(run_folder, notebook=notebook, preheated=1)
    begin = time.monotonic()
    started.stop()
    started.stop()
    assert time.monotonic() - begin < 10
    assert started.process.returncode == 0
