"""Every command of the documentation is run, and prints what its page shows."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from riskkit.companies.provider_settings import ProviderSettings
from riskkit.exhibits.language import language
from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench import run as run_module
from riskkit.workbench.cli import main
from riskkit.workbench.cli_help import make_parser, spoken
from riskkit.workbench.demo import COMPANY, demo_portfolio
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables, report_folder
from tests.docs.pages import DOCS, ROOT, Block, blocks, sample_of

PAGES = sorted([DOCS / "index.md", *(DOCS / "guide").glob("*.md")])
OTHERS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(path for path in DOCS.glob("*.md") if path.name != "index.md")]
)
SMALL = SampleSpec(customers=30, invoices=750, months=16)
DEMO = Path("portfolios", "demo")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders that pages start from, each made when a page asks for it."""
    return _Samples(tmp_path_factory.mktemp("samples"))


class _Samples(dict[str, Path]):
    def __init__(self, root: Path) -> None:
        self.root = root

    def __missing__(self, name: str) -> Path:
        home = self.root / (name or "nothing")
        home.mkdir()
        if name == "full":
            _make_run(demo_portfolio(home / DEMO), home)
        elif name == "small":
            written = write_sample(home / DEMO / "sources", SMALL)
            files = [written.customers, written.invoices, written.payments, written.procedures]
            register = written.register.relative_to(home / DEMO).as_posix()
            portfolio = Portfolio.from_files(files, name=COMPANY, folder=home / DEMO)
            portfolio.with_companies(ProviderSettings(sirene=register)).write(home / DEMO)
        self[name] = home
        return home


def _make_run(portfolio: Portfolio, home: Path) -> None:
    day = SampleSpec().end_date
    make_tables(portfolio, as_of=day, folder=home / "reports" / "demo" / day.isoformat())


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, samples: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A current folder with a copy of what the page starts from.

    A run makes its tables and its manifest; notebooks and documents have their own tests in `tests/acceptance`.
    """
    home = tmp_path / "desk"
    shutil.copytree(samples[sample_of(request.getfixturevalue("page"))], home)
    monkeypatch.chdir(home)
    monkeypatch.setattr(run_module, "make_run", _tables_only)
    return home


def _tables_only(
    portfolio: Portfolio, *, as_of: dt.date, folder: Path | None = None, **_: object
) -> run_module.FinishedRun:
    return make_tables(portfolio, as_of=as_of, folder=folder or report_folder(portfolio, as_of))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_commands_of_a_page_do_what_it_says(page: Path, desk: Path) -> None:
    printed, names = "", {}
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}, line {block.line}"
        if "options" in block.words:
            _parse_each(block, where)
        elif block.language == "sh":
            printed = _run_each(block, where)
        elif block.language == "python":
            printed = _run_python(block, names, where)
        elif (file := block.value("file")) is not None:
            (desk / file).parent.mkdir(parents=True, exist_ok=True)
            (desk / file).write_text(block.text, encoding="utf-8")
        elif (settings := block.value("add")) is not None:
            _add_keys(desk / settings, block)
        elif block.language == "text":
            _assert_printed(block, printed, where)
        else:
            # ini, bash and py are for other programs: tests/workbench/test_scheduling_page.py reads them
            assert block.language in ("", "yaml", "json", "html", "ini", "bash", "py"), f"{where}: {block.language}"
            _parse_inside(block, where)


@pytest.mark.parametrize("page", OTHERS, ids=lambda path: path.stem)
def test_the_commands_of_other_pages_exist_with_their_options(page: Path) -> None:
    for block in blocks(page):
        if block.language == "sh":
            _parse_each(block, f"{page.relative_to(ROOT)}, line {block.line}")


def _run_each(block: Block, where: str) -> str:
    said = io.StringIO()
    code = int(block.value("exit") or 0)
    for command in block.commands:
        program, *arguments = shlex.split(command)
        assert program in ("riskkit", "mkdir", "cp"), f"{where}: mark it `options`: {command}"
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            if program == "riskkit":
                found = main(_expanded(arguments))
            else:
                found = subprocess.run([program, *_expanded(arguments)], check=False).returncode
        assert found == code, f"{where}: {command}\n{said.getvalue()}"
    return said.getvalue()


def _expanded(arguments: list[str]) -> list[str]:
    """Patterns replaced by the files they name, as a shell does."""
    found = [sorted(str(path) for path in Path().glob(text)) if "*" in text else [text] for text in arguments]
    return [name for names, text in zip(found, arguments, strict=True) for name in names or [text]]


def _run_python(block: Block, names: dict[str, object], where: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block.text, where, "exec"), names)  # noqa: S102 - our own page
    return said.getvalue()


def _add_keys(path: Path, block: Block) -> None:
    settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    added = yaml.safe_load(block.text)
    for key, value in added.items():
        both = isinstance(value, dict) and isinstance(settings.get(key), dict)
        settings[key] = {**settings[key], **value} if both else value
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _plain(text: str) -> str:
    return re.sub(r"[ \u00a0\u202f]+", " ", text).strip()


def _assert_printed(block: Block, printed: str, where: str) -> None:
    lines = iter([_plain(line) for line in printed.splitlines()])
    for shown in filter(None, map(_plain, block.text.splitlines())):
        if shown != "…":
            pattern = re.compile(".*".join(map(re.escape, shown.split("…"))))
            assert any(pattern.fullmatch(line) for line in lines), f"{where}: not printed: {shown}\n{printed}"


def _parse_inside(block: Block, where: str) -> None:
    """The commands of a script, a crontab or a unit, whose place in the line is theirs: their options exist."""
    text = re.sub(r'"?\$\w+"?|\{\{[^}]*\}\}', "2025-12-31", block.text)
    for command in re.findall(r"(?:bin/|^)riskkit ([a-z]+[^\n|>\"&]*)", text, re.MULTILINE):
        _parse(shlex.split(command), where)


def _parse(arguments: list[str], where: str) -> None:
    with spoken(language("fr")):
        asked = make_parser(language("fr")).parse_args(arguments)
    assert asked.command == arguments[0], where


def _parse_each(block: Block, where: str) -> None:
    for command in block.commands:
        words = [word for word in shlex.split(command) if "=" not in word or word.startswith("-")]
        program = Path(words[0]).name
        if program == "riskkit":
            _parse(words[1:], where)
        elif program == "make":
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
            assert set(words[1:]) <= {*targets, "#"}, f"{where}: {command}"
        else:
            assert program in ("git", "cd", "source", "sudo", "python3", "ls", "jupyter"), f"{where}: {command}"
