"""Who enters a dashboard and what they may do there: tokens, passwords, roles, and the log of who opened what."""

from __future__ import annotations

import json
import urllib.parse

import pytest

from riskkit.errors import DataError, UsageError
from riskkit.workbench import session_log
from riskkit.workbench.passwords import FILE, read_passwords, role_of_password, set_password
from riskkit.workbench.server import serve_dashboard
from tests.e2e.conftest import ask, eventually, kernels, write_notebook

SECRET, READS = "quatre mots de passe", "lire et rien de plus"
ROLE_PAGE = """
import json
import ipywidgets as w
from IPython.display import display
from riskkit.workbench.session_log import note_shown, role
from riskkit.workbench.visit import query_parameters
from pathlib import Path
import os
asked = query_parameters()
note_shown(Path(os.environ["RISKKIT_RUN"]).parent, page=asked.get("page", "overview"))
display(w.HTML(f"<p data-testid='role'>{role()}</p><p data-testid='ready'></p>"))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of runs with a password for each role, a run in it, and a page that says the role."""
    folder = tmp_path_factory.mktemp("team")
    (folder / "run").mkdir()
    set_password(folder, "contributor", SECRET)
    set_password(folder, "reader", READS)
    (folder / "pages").mkdir()
    write_notebook(folder / "pages" / "app.ipynb", ROLE_PAGE)
    return folder


def lines(folder) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / session_log.FILE).read_text().splitlines()]


def test_password_is_kept_hashed_for_its_owner_only(place) -> None:
    kept = (place / FILE).read_text()
    assert SECRET not in kept
    assert READS not in kept
    assert kept.count("argon2:$argon2id$") == 2
    assert (place / FILE).stat().st_mode & 0o077 == 0
    passwords = read_passwords(place)
    assert role_of_password(SECRET, passwords) == "contributor"
    assert role_of_password(READS, passwords) == "reader"
    assert role_of_password("autre chose ici", passwords) is None
    assert role_of_password("", passwords) is None


@pytest.mark.parametrize("text", ["[]", "{", '{"contributor": "en clair"}', '{"admin": "argon2:$argon2id$x"}'])
def test_file_that_holds_no_passwords_opens_nothing(tmp_path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DataError, match="--set-password"):
        read_passwords(tmp_path)


def test_short_password_is_refused_and_nothing_is_written(tmp_path) -> None:
    with pytest.raises(UsageError, match="12 to 200"):
        set_password(tmp_path, "reader", "court")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.10"])  # noqa: S104
def test_network_without_a_password_is_refused(run_folder, address: str) -> None:
    with pytest.raises(UsageError, match="without a password"):
        serve_dashboard(run_folder, address=address)


@pytest.mark.parametrize("address", ["example.com", "", "127.0.0.1.example.com"])
def test_what_is_no_address_is_refused(run_folder, address: str) -> None:
    with pytest.raises(UsageError, match="no address of this machine"):
        serve_dashboard(run_folder, address=address)


@pytest.mark.e2e
def test_on_a_network_passwords_alone_open_and_the_log_says_who_saw_what(place, importable, browser) -> None:
    passwords = read_passwords(place)
    with serve_dashboard(
        place / "run", notebook=place / "pages" / "app.ipynb", preheated=1, address="0.0.0.0", passwords=passwords,  # noqa: S104
    ) as served:  # fmt: skip
        assert served.token == ""
        assert "token=" not in served.url + served.reader_url
        home = f"http://127.0.0.1:{served.port}/"
        assert ask(served, "/", headers={"Authorization": "token "}).status == 302
        assert ask(served, f"/?token={urllib.parse.quote(SECRET)}").status == 302  # a password is no token
        assert ask(served, "/api/status").status == 403
        for role, secret in (("reader", READS), ("contributor", SECRET)):
            context = browser.new_context(locale="fr-FR")
            tab = context.new_page()
            tab.goto(f"{home}?page=actions")
            tab.get_by_label("Votre nom").fill("<b>Zoé</b>")
            tab.get_by_label("Mot de passe ou jeton").fill("pas le bon du tout" if role == "reader" else secret)
            tab.get_by_role("button").click()
            if role == "reader":
                assert "n’est pas le bon" in tab.get_by_role("alert").inner_text()
                tab.get_by_label("Votre nom").fill("<b>Zoé</b>")
                tab.get_by_label("Mot de passe ou jeton").fill(secret)
                tab.get_by_role("button").click()
            tab.get_by_test_id("ready").wait_for(state="attached", timeout=30_000)
            assert tab.get_by_test_id("role").inner_text() == role
            tab.set_extra_http_headers({"X-Riskkit-Role": "contributor", "X_Riskkit_Role": "contributor"})
            tab.reload()
            tab.get_by_test_id("ready").wait_for(state="attached", timeout=30_000)
            assert tab.get_by_test_id("role").inner_text() == role  # a browser makes itself no role
            tab.close()
            context.close()
    found = lines(place)
    assert [line["event"] for line in found if line["event"] in ("refused", "signed_in")] == [
        "refused", "signed_in", "signed_in",
    ]  # fmt: skip
    shown = [line for line in found if line["event"] == "shown"]
    assert [(line["role"], line["name"], line["page"]) for line in shown] == (
        [("reader", "<b>Zoé</b>", "actions")] * 2 + [("contributor", "<b>Zoé</b>", "actions")] * 2
    )
    assert {line["address"] for line in found if "address" in line} == {"127.0.0.1"}
    assert {line["session"] for line in shown} == {line["session"] for line in found if line["event"] == "signed_in"}
    text = (place / session_log.FILE).read_text() + served.log_file.read_text()
    for secret in (SECRET, READS, "pas le bon du tout"):
        assert secret not in text
    assert (place / session_log.FILE).stat().st_mode & 0o077 == 0


@pytest.mark.e2e
def test_address_for_readers_opens_a_page_that_records_nothing(place, importable, context) -> None:
    with serve_dashboard(place / "run", notebook=place / "pages" / "app.ipynb", preheated=0) as served:
        tab = context.new_page()
        for url, role in ((served.reader_url, "reader"), (served.url, "contributor"), (served.reader_url, "reader")):
            tab.goto(url, wait_until="commit")
            tab.get_by_test_id("ready").wait_for(state="attached", timeout=30_000)
            assert tab.get_by_test_id("role").inner_text() == role
        tab.close()
        assert eventually(lambda: kernels(served)["kernels"] == 0, seconds=5)
        assert served.token not in (place / session_log.FILE).read_text()


@pytest.mark.e2e
def test_server_behind_another_answers_to_its_name_and_under_its_path(place, importable) -> None:
    pages = place / "pages" / "app.ipynb"
    with serve_dashboard(
        place / "run", notebook=pages, preheated=0, host_name="impayes.example.fr", base_url="risque"
    ) as served:
        known, other = {"Host": "impayes.example.fr"}, {"Host": "ailleurs.example.fr"}
        assert ask(served, "/risque/login", headers=known).status == 200
        assert "/risque/voila/templates/riskkit/static/riskkit.css" in ask(served, "/risque/login", headers=known).text
        assert ask(served, "/risque/login", headers=other).status == 403
        assert ask(served, "/risque/", headers=known).headers["Location"].startswith("/risque/login")
        cookies = ask(
            served, f"/risque/?token={served.token}", headers={**known, "X-Forwarded-Proto": "https"}
        ).headers.get_all("Set-Cookie")
        assert any("secure" in cookie.lower() for cookie in cookies if cookie.startswith("username"))
