"""The panel of a run: its figures are the run's tables to the cent, and under any filter a plain group-by's."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.errors import UsageError
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.panel_table import TableAsked, find_rows, table_rows
from riskkit.exhibits.panel_workbook import panel_workbook
from riskkit.ledger.panel import CUSTOMER, Panel, make_panel
from riskkit.ledger.panel_view import Selection, View, look
from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench.panel_run import column_label, load_panel
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.selections import read_selection, save_selection, saved_names
from riskkit.workbench.stored_run import load_run, read_table
from riskkit.workbench.unpaid_look import look_at_unpaid
from riskkit.workbench.widgets.explorer import Explorer, open_explorer
from riskkit.workbench.widgets.explorer_state import first_state, step
from riskkit.workbench.widgets.filter_bar import read_amount

SPEC = SampleSpec(customers=90, invoices=1_800, months=20)
HOSTILE = "=cmd|'/c calc'!A1<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panel")
    written = write_sample(folder / "sources", SPEC)
    files = [written.customers, written.invoices, written.payments]
    portfolio = Portfolio.from_files(files, name="Exemple", folder=folder)
    portfolio.write(folder)
    return make_tables(Portfolio.open(folder), as_of=SPEC.end_date, folder=folder / "reports" / "run").folder


@pytest.fixture(scope="module")
def panel(run_folder: Path) -> Panel:
    return load_panel(run_folder, language="fr")


@pytest.fixture(scope="module")
def tables(run_folder: Path) -> dict[str, pd.DataFrame]:
    names = ("customers", "open_items", "unapplied", "invoices", "customer_months")
    return {name: read_table(run_folder, name) for name in names}


def cents(amounts: pd.Series) -> pd.Series:
    return (amounts.astype("float64") * 100).round().astype("int64")


def test_without_a_filter_every_figure_is_that_of_the_run(run_folder, panel):
    run, view = load_run(run_folder), look(panel, Selection(), by="section")
    for total, measure in (
        ("open", "open_items_amount"),
        ("overdue", "overdue_amount"),
        ("unapplied", "unapplied_amount"),
        ("receivables", "receivables_amount"),
        ("sales_12m", "sales_12m_amount"),
    ):
        assert view.totals[total] == round(run.kpi(measure) * 100), total
    assert view.totals["customers_count"] == run.kpi("customers_count")
    assert view.totals["overdue_customers_count"] == run.kpi("overdue_customers_count")
    assert view.dso_days == pytest.approx(run.kpi("dso_days"), abs=1e-6)
    buckets = [f"{code}_amount" for code in panel.buckets]
    assert view.ages.tolist() == [int(cents(run.ageing[name]).sum()) for name in buckets]
    aged = run.ageing.set_index("customer_id")
    ids = [panel.customer_ids[row] for row in view.customers.index]
    kept = view.customers.set_axis(ids)[(view.customers[["open", "unapplied"]] != 0).any(axis=1).to_numpy()]
    assert sorted(kept.index) == sorted(aged.index)
    for mine, its in (("open", "open_items_amount"), ("overdue", "overdue_amount"), ("unapplied", "unapplied_amount")):
        assert (kept[mine] == cents(aged[its]).reindex(kept.index)).all()


@pytest.mark.parametrize("level", ["section", "division"])
def test_groups_without_a_filter_are_the_sectors_of_the_run(run_folder, panel, level):
    sectors = load_run(run_folder).sectors
    its = sectors[sectors["level"] == level].set_index("code")
    view = look(panel, Selection(), by=level)
    keys = [panel.attributes[level].keys[code] or "unknown" for code in view.groups["code"]]
    mine = view.groups.set_axis(keys)
    its = its.loc[its.index.isin(keys)].reindex(keys)
    for name, amount in (
        ("open", "open_items_amount"),
        ("overdue", "overdue_amount"),
        ("sales_12m", "sales_12m_amount"),
    ):
        assert (mine[name] == cents(its[amount])).all(), name
    for name in ("exposure_share", "overdue_share", "lift"):
        assert mine[name].to_numpy() == pytest.approx(its[name].to_numpy(), nan_ok=True)
    assert (mine["excess"] - its["excess_overdue_amount"] * 100).abs().max() < 1  # the run rounds to whole cents
    assert mine["excess"].sum() == pytest.approx(0, abs=0.5)


def test_history_without_a_filter_is_the_history_of_the_measures(run_folder, panel):
    measures = load_run(run_folder).measures.pivot_table(index="as_of", columns="measure", values="value")
    history = look(panel, Selection(), by="section").history.set_index("as_of")
    for mine, its in (
        ("open", "open_items_amount"),
        ("overdue", "overdue_amount"),
        ("receivables", "receivables_amount"),
    ):
        assert (history[mine] == cents(measures[its])).all()


COLUMNS = ("section", "division", "region", "payment_terms", "legal_form", "sales_person", CUSTOMER)


@st.composite
def selections(draw: st.DrawFn, panel: Panel) -> Selection:
    chosen = draw(st.lists(st.sampled_from([c for c in COLUMNS if c in panel.attributes]), max_size=3, unique=True))
    filters = tuple(
        (name, tuple(draw(st.lists(st.sampled_from(panel.attributes[name].keys), min_size=1, max_size=4, unique=True))))
        for name in chosen
    )
    months = st.none() | st.tuples(st.integers(2024, 2025), st.integers(1, 12))
    amounts = st.none() | st.integers(0, 2_000_000)
    return Selection(filters, draw(months), draw(months), draw(amounts), draw(amounts))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_filter_adds_up_as_a_plain_group_by(panel, tables, data):
    selection = data.draw(selections(panel))
    by = data.draw(st.sampled_from([c for c in COLUMNS if c in panel.attributes]))
    view = look(panel, selection, by=by)
    plain = tables["customers"].set_index(CUSTOMER)
    values = {
        name: pd.Series(np.array(a.keys)[a.codes], index=list(panel.customer_ids)).reindex(plain.index)
        for name, a in panel.attributes.items()
    }
    kept = pd.Series(True, index=plain.index)
    for name, keys in selection.filters:
        kept &= values[name].isin(keys)

    def rows(table: pd.DataFrame, day: str) -> pd.DataFrame:
        month = table[day].dt.strftime("%Y-%m")
        found = table[table[CUSTOMER].isin(kept.index[kept])]
        if selection.month_from:
            found = found[month.loc[found.index] >= "{:04}-{:02}".format(*selection.month_from)]
        if selection.month_to:
            found = found[month.loc[found.index] <= "{:04}-{:02}".format(*selection.month_to)]
        if selection.amount_from_cents is not None:
            found = found[cents(found["amount"]).abs() >= selection.amount_from_cents]
        if selection.amount_to_cents is not None:
            found = found[cents(found["amount"]).abs() <= selection.amount_to_cents]
        return found.assign(key=found[CUSTOMER].map(values[by]))

    items, credits = rows(tables["open_items"], "issue_date"), rows(tables["unapplied"], "credit_date")
    sold = rows(tables["invoices"][tables["invoices"]["is_sale"]], "issue_date")
    late = items[items["days_past_due"].fillna(0) > 0]
    assert view.totals["items_count"] == len(items)
    assert view.totals["receivables"] == cents(items["open_amount"]).sum() - cents(credits["unapplied_amount"]).sum()
    groups = view.groups.set_axis([panel.attributes[by].keys[code] for code in view.groups["code"]])
    for name, table, column in (
        ("open", items, "open_amount"),
        ("overdue", late, "open_amount"),
        ("unapplied", credits, "unapplied_amount"),
        ("sales", sold, "amount"),
    ):
        plainly = cents(table[column]).groupby(table["key"]).sum()
        assert groups[name][groups[name] != 0].to_dict() == plainly[plainly != 0].to_dict(), name
    by_bucket = cents(items["open_amount"]).groupby(items["bucket"]).sum()
    assert dict(zip(panel.buckets, view.ages, strict=True)) == by_bucket.reindex(panel.buckets, fill_value=0).to_dict()
    months = tables["customer_months"]
    months = months[months[CUSTOMER].isin(kept.index[kept])]
    balances = cents(months["receivables_amount"]).groupby(months["as_of"]).sum()
    history = view.history.set_index("as_of")["receivables"]
    assert history.to_dict() == balances.reindex(history.index, fill_value=0).to_dict()


def test_interval_holds_the_share_and_few_customers_have_none(panel):
    view = look(panel, Selection(), by="section")
    known = view.groups.dropna(subset=["overdue_share_low"])
    assert len(known)
    assert (known["overdue_share_low"] <= known["overdue_share"] + 1e-9).all()
    assert (known["overdue_share_high"] >= known["overdue_share"] - 1e-9).all()
    few = view.groups["debtors_count"] < 5
    assert view.groups.loc[few, "lift_low"].isna().all()
    assert view.groups.loc[~few, "lift_low"].notna().all()
    by_customer = look(panel, Selection(), by=CUSTOMER).groups
    assert by_customer["lift_low"].isna().all()  # one customer says nothing of chance between customers
    one = view.groups.index[0]
    alone = look(panel, Selection(((CUSTOMER, (panel.customer_ids[view.customers.index[one]],)),)), by="section")
    assert alone.groups["lift_low"].isna().all()


def test_part_of_the_invoices_has_no_dso_and_no_sales_has_none(panel):
    assert look(panel, Selection(amount_from_cents=100), by="section").dso_days is None
    nobody = look(panel, Selection((("section", ("nowhere",)),)), by="section")
    assert nobody.dso_days is None
    assert nobody.totals["open"] == 0
    assert look(panel, Selection((("no_such_column", ("x",)),)), by="section").totals["open"] == 0


def test_customers_that_only_movements_name_are_there(tables, panel):
    orphan = tables["open_items"].head(1).assign(customer_id="ORPHAN")
    widened = tables | {"open_items": pd.concat([tables["open_items"], orphan], ignore_index=True)}
    made = make_panel(
        widened, as_of=panel.as_of, currency="EUR", coverage_start=panel.coverage_start, dso_window_days=365
    )
    more = (
        look(made, Selection(), by="payment_terms").totals["open"]
        - look(panel, Selection(), by="section").totals["open"]
    )
    assert more == cents(orphan["open_amount"]).iloc[0]


def test_figures_of_a_kept_selection_are_those_of_the_panel(run_folder, panel):
    kept = Selection((("section", ("F",)),))
    save_selection(run_folder.parent, "Bâtiment", kept, by="division")
    seen = look_at_unpaid(run_folder, by="division", language="fr", selection="Bâtiment")
    view = look(panel, kept, by="division")
    assert seen.said == "Sélection\u00a0: Secteur\u00a0: F Construction"
    assert round(seen.overdue.sum() * 100) == view.totals["overdue"]
    assert round(seen.groups["open_items_amount"].sum() * 100) == view.totals["open"]
    assert round(seen.dues["open_amount"].sum() * 100) == view.totals["open"]
    assert seen.whole
    with pytest.raises(UsageError, match="no selection"):
        look_at_unpaid(run_folder, by="division", language="fr", selection="Autre")


def test_figures_without_a_selection_have_the_intervals_of_the_run(run_folder):
    seen = look_at_unpaid(run_folder, by="section", language="fr")
    made = read_table(run_folder, "attribution")
    made = made[(made["level"] == "section") & ~made["is_unknown"]].set_index("label")
    labels = seen.groups["label"].str[2:]
    known = labels[labels.isin(made.index)]
    assert len(known) >= 3
    assert seen.groups.loc[known.index, "lift_low"].to_numpy() == pytest.approx(
        made.loc[known, "lift_low"].to_numpy(), nan_ok=True
    )
    assert not seen.said.startswith("Sélection")


def test_the_panel_imports_nothing_heavy():
    heavy = ("sklearn", "scipy", "matplotlib.pyplot", "papermill", "nbconvert", "xlsxwriter")
    asked = f"import sys, riskkit.workbench.widgets.explorer; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- Where a reader goes


def test_a_group_opens_on_what_is_inside_it_down_to_the_invoices_and_back(panel):
    start = first_state(panel)
    code = look(panel, start.selection, by="section").groups["code"].iloc[0]
    sector = step(panel, start, f"drill:section:{code}")
    assert (sector.by, sector.selection.filters[0][0]) == ("division", "section")
    customer = step(panel, sector, f"drill:{CUSTOMER}:1")
    assert customer.asked.table == "items"
    assert [name for name, _ in customer.selection.filters] == ["section", CUSTOMER]
    back = step(panel, customer, "trim:1")
    assert (back.selection, back.asked.table) == (sector.selection, "customers")
    assert step(panel, back, "trim:0") == start
    assert step(panel, customer, "drop:section").selection.filters == customer.selection.filters[1:]


@pytest.mark.parametrize(
    "act",
    [
        "",
        "drill:section:99999",
        "drill:nothing:1",
        "sort:__class__",
        "page:-3",
        "table:secrets",
        "eval:1",
        "drill:<b>:1",
    ],
)
def test_what_does_not_exist_is_refused(panel, act):
    with pytest.raises(UsageError, match="does not exist"):
        step(panel, first_state(panel), act)


def test_search_ignores_accents_and_sorting_puts_what_is_missing_last(panel):
    view, words = look(panel, Selection(), by="section"), language_of("fr")
    rows = table_rows(panel, view, "customers", words)
    name = rows["name"].iloc[3]
    found = find_rows(rows, TableAsked(search=name.upper()), {})
    assert name in found["name"].tolist()
    ordered = find_rows(rows, TableAsked(sort="oldest_days-up"), {})["oldest_days"]
    assert ordered.dropna().is_monotonic_increasing
    assert ordered.isna().to_numpy()[-int(ordered.isna().sum()) :].all()
    assert find_rows(rows, TableAsked(search="zzzzzz"), {}).empty


@pytest.mark.parametrize(
    ("text", "expected"), [("1 500,50", 150_050), ("1500.5", 150_050), ("12 €", 1_200), ("", None)]
)
def test_amounts_are_read_as_people_type_them(text, expected):
    assert read_amount(text) == expected


@pytest.mark.parametrize("text", ["abc", "1,2,3", "-5", "1e9", "９"])
def test_what_is_no_amount_is_said_so(text):
    with pytest.raises(UsageError, match="not an amount"):
        read_amount(text)


# ---- Kept and exported


def test_a_selection_is_read_back_as_it_was_saved(tmp_path):
    kept = Selection((("section", ("F", "")), ("region", ("Bretagne",))), (2024, 3), None, 150_050, None)
    save_selection(tmp_path, "BTP de l’Ouest", kept, by="division")
    assert saved_names(tmp_path) == ["BTP de l’Ouest"]
    again = read_selection(tmp_path, "BTP de l’Ouest")
    assert (again.selection, again.by) == (kept, "division")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", "<script>", "x" * 80, "a\x00b", ".hidden"])
def test_a_name_that_could_leave_the_folder_or_hurt_a_page_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot name"):
        save_selection(tmp_path, name, Selection(), by="section")
    assert not list(tmp_path.rglob("*.yaml"))


def test_a_selection_file_that_was_spoilt_names_its_key(tmp_path):
    save_selection(tmp_path, "Ouest", Selection(), by="section")
    path = next(tmp_path.rglob("*.yaml"))
    path.write_text("name: Ouest\nmonth_from: hier\n")
    with pytest.raises(UsageError, match="month_from"):
        read_selection(tmp_path, "Ouest")
    with pytest.raises(UsageError, match="no selection"):
        read_selection(tmp_path, "../../etc/passwd")


def exported(panel: Panel, view: View, code: str = "fr") -> openpyxl.Workbook:
    words = language_of(code)
    made = panel_workbook(panel, view, words, company=HOSTILE, label_of=lambda name: column_label(name, words))
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.mark.parametrize("code", ["fr", "en"])
def test_export_holds_what_is_shown_and_never_a_formula(panel, code):
    view = look(panel, Selection((("section", ("F",)),), amount_from_cents=10_000), by="division")
    book = exported(panel, view, code)
    assert len(book.sheetnames) == 4
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    items = book.worksheets[3]
    assert items.max_row - 1 == len(view.items)
    amounts = [items.cell(row, 7).value for row in range(2, items.max_row + 1)]
    assert round(sum(amounts) * 100) == view.totals["open"]
    customers = book.worksheets[2]
    overdue = [customers.cell(row, 4).value for row in range(2, customers.max_row + 1)]
    assert round(sum(overdue) * 100) == view.totals["overdue"]


def test_widgets_go_where_they_are_told_and_undo_comes_back(run_folder):
    explorer: Explorer = open_explorer(run_folder, language="fr")
    before = explorer.places["figures"].value
    explorer.mailbox.value = f"1|drill:section:{look(explorer.panel, Selection(), by='section').groups['code'].iloc[0]}"
    assert explorer.places["figures"].value != before
    assert explorer.bar.by.value == "division"
    assert not explorer.bar.undo.disabled
    explorer.bar.low.value = "beaucoup"
    assert "n’est pas un montant" in explorer.places["notice"].value
    explorer.bar.low.value = "1 000"
    assert explorer.state.selection.amount_from_cents == 100_000
    assert explorer.places["notice"].value == ""
    explorer.undo()
    explorer.undo()
    assert explorer.places["figures"].value == before
    explorer.keeper.name.value = "Tout"
    explorer.keeper.save.click()
    assert (run_folder.parent / "selections" / "tout.yaml").is_file()
    explorer.keeper.export.click()
    assert "data:application/vnd" in explorer.keeper.link.value
    explorer.bar.reset.click()


def test_a_fault_is_a_sentence_and_the_panel_lives_on(run_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("RISKKIT_LOG", str(tmp_path / "log"))
    explorer = open_explorer(run_folder, language="fr")
    monkeypatch.setattr("riskkit.workbench.widgets.explorer.look", lambda *_args, **_more: 1 / 0)
    explorer.mailbox.value = "1|drill:section:1"
    assert "Traceback" not in explorer.places["notice"].value
    assert "référence" in explorer.places["notice"].value
    assert explorer.state == first_state(explorer.panel)
    explorer.mailbox.value = "2|table:items"
    assert explorer.places["notice"].value == ""
