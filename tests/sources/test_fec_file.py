"""A FEC in any dress reads to the same figures; a damaged one is refused with one clear message."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.errors import DataError, ReconciliationError
from riskkit.exhibits.language import language
from riskkit.sources.fec import REASONS, looks_like_fec, read_fec, receivable_balances
from tests.sources.fec_texts import TITLES, cash_in, line, sale, write

# 1 200,00 + 600,50 billed − 1 000,00 received = 800,50 still owed
ENTRIES = (
    sale("1", "20240110", "CÉL", "1200,00", "1000,00", "200,00", piece="FA001"),
    sale("2", "20240215", "DUP", "600,50", "500,42", "100,08", piece="FA002", label='dit "le Grand'),
    cash_in("3", "20240301", "CÉL", "1000,00"),
)
OWED = 80_050


def _padded(fields):
    wide = [f"{field:<12}" for field in fields]
    for place in (11, 12):
        wide[place] = fields[place].rjust(13, "0")
    return wide


DRESSES = {
    "tab_utf8_crlf": {},
    "bom": {"encoding": "utf-8-sig"},
    "pipe_latin9_lf": {"separator": "|", "encoding": "iso-8859-15", "end": "\n"},
    "semicolon_cp1252": {"separator": ";", "encoding": "cp1252"},
    "utf16": {"encoding": "utf-16"},
    "old_mac_ends": {"end": "\r"},
    "padded_fields_and_zeros": {"rewrite": _padded, "separator": "|"},
    "decimal_point": {"rewrite": lambda f: [*f[:11], f[11].replace(",", "."), f[12].replace(",", "."), *f[13:]]},
    "empty_amounts": {"rewrite": lambda f: [*f[:11], *("" if v == "0,00" else v for v in f[11:13]), *f[13:]]},
    "sixteen_fields": {"rewrite": lambda f: f[:16]},
    "nineteenth_column": {"titles": [*TITLES, ""], "rewrite": lambda f: [*f, ""]},
    "more_columns": {"titles": [*TITLES, "DateRglt"], "rewrite": lambda f: [*f, "20240301"]},
    "thousands_spaced": {"rewrite": lambda f: [*f[:11], f[11].replace("1200", "1\u202f200"), *f[12:]]},
    "float_dust": {"rewrite": lambda f: [*f[:11], f[11].replace("600,50", "600.5000000000001"), *f[12:]]},
    "all_quoted": {"titles": [f'"{t}"' for t in TITLES], "rewrite": lambda f: [f'"{v}"' for v in f]},
    "french_dates": {"rewrite": lambda f: [*f[:3], f"{f[3][6:]}/{f[3][4:6]}/{f[3][:4]}", *f[4:]]},
    "day_first_digits": {"rewrite": lambda f: [*f[:3], f"{f[3][6:]}{f[3][4:6]}{f[3][:4]}", *f[4:]]},
    "amount_and_side": {
        "titles": [*TITLES[:11], "Montant", "Sens", *TITLES[13:]],
        "rewrite": lambda f: [*f[:11], *((f[11], "D") if f[11] != "0,00" else (f[12], "C")), *f[13:]],
    },
    "amount_and_signed_side": {
        "titles": [*TITLES[:11], "Montant", "Sens", *TITLES[13:]],
        "rewrite": lambda f: [*f[:11], *((f[11], "+1") if f[11] != "0,00" else (f[12], "-1")), *f[13:]],
    },
}


@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_ledger_in_any_dress_gives_the_same_tables(tmp_path, dress):
    path = write(tmp_path / "123456782FEC20241231.txt", *ENTRIES, **DRESSES[dress])
    assert looks_like_fec(path)
    reading = read_fec([path])
    invoices = reading.invoices.sort_values("issue_date")
    assert invoices["amount_cents"].tolist() == [120_000, 60_050]
    assert invoices["excl_tax_cents"].tolist() == [100_000, 50_042]
    assert invoices["issue_date"].dt.date.tolist() == [dt.date(2024, 1, 10), dt.date(2024, 2, 15)]
    assert reading.payments["amount_cents"].tolist() == [100_000]
    assert set(reading.customers["name"]) == {"CLIENT CÉL", "CLIENT DUP"}
    assert receivable_balances([path]) == {path.name: OWED}
    source = reading.files[0]
    assert (source.rows_read, source.rows_rejected, source.total_cents) == (8, 0, OWED)
    assert reading.due_dates == "none"
    assert reading.latest_date == dt.date(2024, 3, 1)


def test_a_gzip_file_is_read_as_it_is(tmp_path):
    path = write(tmp_path / "a.txt.gz", *ENTRIES)
    assert looks_like_fec(path)
    assert receivable_balances([path]) == {"a.txt.gz": OWED}


def test_blank_lines_count_in_line_numbers_and_not_in_rows(tmp_path):
    path = write(tmp_path / "a.txt", *ENTRIES, end="\n\n")
    reading = read_fec([path])
    assert reading.files[0].rows_read == 8
    assert reading.invoices["source_line"].min() == 3  # header on 1, a blank line, then the first entry


def test_stray_bytes_in_utf8_spoil_only_themselves(tmp_path):
    path = write(tmp_path / "a.txt", *ENTRIES)
    path.write_bytes(path.read_bytes().replace(b'dit "le', b'd\xe9t "le'))
    assert "CLIENT CÉL" in set(read_fec([path]).customers["name"])


def _shifted(text: str, number: int) -> str:
    rows = text.split("\r\n")
    rows[number - 1] = rows[number - 1].replace("VE\t", "VE\tVE\t", 1)
    return "\r\n".join(rows)


def test_a_shifted_line_stops_everything_and_is_named(tmp_path):
    path = write(tmp_path / "a.txt", *ENTRIES)
    path.write_bytes(_shifted(path.read_bytes().decode(), 5).encode())
    with pytest.raises(DataError, match=r"a\.txt, line 5: .*1 line cannot be read") as caught:
        read_fec([path])
    assert len(caught.value.messages) == 1
    # line 5 is the debit of 600,50: without it credits exceed debits by as much
    assert caught.value.messages[0].values["gap"].cents == -60_050
    assert "Rien n’a été importé" in language("fr").say(caught.value.messages[0])


@pytest.mark.parametrize("amount", ["12,345", "1E3", "12,3,4", "abc", "1.234", "--5", ",", "99999999999999999999"])
def test_an_amount_that_is_not_one_to_the_cent_stops(tmp_path, amount):
    bad = sale("9", "20240401", "DUP", amount, "10,00", "0,00", piece="FA009")
    with pytest.raises(DataError, match="not an amount"):
        read_fec([write(tmp_path / "a.txt", *ENTRIES, bad)])


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0000000074,70", 7_470), (",5", 50), ("+3", 300), ("1 234,5", 123_450), ("1.234,56", 123_456), ("-8,20", -820)],
)
def test_amounts_are_read_exactly(tmp_path, text, cents):
    shown = f"{cents / 100:.2f}"
    entry = sale("9", "20240401", "DUP", text, shown, "0,00", piece="FA009")
    assert receivable_balances([write(tmp_path / "a.txt", entry)]) == {"a.txt": cents}


def test_a_ledger_whose_totals_differ_stops_with_the_first_entry(tmp_path):
    wrong = sale("9", "20240401", "DUP", "50,00", "40,00", "0,00", piece="FA009")
    with pytest.raises(ReconciliationError, match=r"differ by 10\.00 EUR.*journal VE, entry 9, line 10"):
        read_fec([write(tmp_path / "a.txt", *ENTRIES, wrong)])


def test_entries_that_make_up_for_each_other_are_reported_and_read(tmp_path):
    # 50 debit against 40 credit in one, 0 against 10 in the other: the ledger balances, its entries do not
    first = [*line_pair("8", "50,00", "40,00")]
    second = [line("OD", "9", "20240402", "758000", credit="10,00")]
    many = [sale(str(n), "20240110", "DUP", "12,00", "10,00", "2,00", piece=f"F{n}") for n in range(100, 200)]
    reading = read_fec([write(tmp_path / "a.txt", *many, first, second)])
    notes = [note for note in reading.notes if "not balance" in language("en").say(note)]
    assert [note.values["count"] for note in notes] == [2]


def line_pair(number, debit, credit):
    return [
        line("OD", number, "20240402", "411000", debit=debit, aux="DUP"),
        line("OD", number, "20240402", "471000", credit=credit),
    ]


def test_entry_numbers_that_restart_every_month_are_separate_entries(tmp_path):
    # entry 1 of January is a sale, entry 1 of February a transfer to 416: two entries, for each day balances
    transfer = [
        line("VE", "1", "20240229", "416000", debit="1200,00"),
        line("VE", "1", "20240229", "411000", credit="1200,00", aux="CÉL"),
    ]
    reading = read_fec([write(tmp_path / "a.txt", ENTRIES[0], transfer)])
    assert reading.invoices["kind"].tolist() == ["invoice"]
    assert reading.payments["kind"].tolist() == ["other"]
    assert any("416" in note.template for note in reading.notes)


def test_a_line_without_date_takes_that_of_its_entry_and_is_told(tmp_path):
    entry = sale("1", "20240110", "DUP", "12,00", "10,00", "2,00", piece="F1")
    entry[0][3] = ""
    reading = read_fec([write(tmp_path / "a.txt", entry)])
    assert reading.invoices["issue_date"].dt.date.tolist() == [dt.date(2024, 1, 10)]
    assert any("took the date" in note.template for note in reading.notes)


def test_an_entry_without_any_date_is_set_aside_with_its_money(tmp_path):
    entry = sale("7", "20241301", "DUP", "12,00", "10,00", "2,00", piece="F1")
    reading = read_fec([write(tmp_path / "a.txt", *ENTRIES, entry)])
    source = reading.files[0]
    assert (source.rows_rejected, source.rejected_cents, source.accepted_cents) == (1, 1_200, OWED)
    assert reading.rejects["reason"].tolist() == ["fec_bad_date"]
    assert reading.rejects["source_line"].tolist() == [10]


def test_a_header_repeated_inside_is_set_aside(tmp_path):
    reading = read_fec([write(tmp_path / "a.txt", ENTRIES[0], [TITLES], ENTRIES[1])])
    assert reading.rejects[["source_line", "reason"]].to_numpy().tolist() == [[5, "fec_repeated_header"]]
    assert reading.files[0].rows_read == 7


def _without(title):
    return {
        "titles": [t for t in TITLES if t != title],
        "rewrite": lambda f: [v for t, v in zip(TITLES, f, strict=True) if t != title],
    }


@pytest.mark.parametrize("title", ["EcritureDate", "CompteNum", "Debit", "Credit", "JournalCode", "EcritureNum"])
def test_a_missing_needed_column_is_named(tmp_path, title):
    path = write(tmp_path / "a.txt", *ENTRIES, **_without(title))
    assert not looks_like_fec(path)
    with pytest.raises(DataError, match=rf"the header lacks {title}\."):
        read_fec([path])


def test_without_auxiliary_accounts_each_411_is_a_customer(tmp_path):
    entry = sale("1", "20240110", "X", "12,00", "10,00", "2,00", piece="F1", account="411DUPONT")
    reading = read_fec([write(tmp_path / "a.txt", entry, **_without("CompAuxNum"))])
    assert reading.customers["customer_id"].tolist() == ["411DUPONT"]
    assert any("CompAuxNum" in note.template for note in reading.notes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n\xff\x00\x01", "is not a FEC"),
        ("\t".join(TITLES).encode(), "no accounting line"),
        (b"\x1f\x8b\x08\x00garbage", "cannot be read to its end"),
        (b"\xff\xfeJ", "cannot be read|is not a FEC|is empty"),
    ],
)
def test_what_is_not_a_fec_is_refused_in_one_message(tmp_path, content, said):
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        read_fec([path])
    assert len(caught.value.messages) == 1


def test_a_missing_file_is_a_clear_message(tmp_path):
    assert not looks_like_fec(tmp_path / "none.txt")
    with pytest.raises(DataError, match=r"none\.txt does not exist"):
        read_fec([tmp_path / "none.txt"])


def test_a_ledger_without_account_411_says_so(tmp_path):
    entry = [line("OD", "1", "20240101", "681000", debit="5,00"), line("OD", "1", "20240101", "281000", credit="5,00")]
    with pytest.raises(DataError, match="no line on account 411"):
        read_fec([write(tmp_path / "a.txt", entry)])


def test_every_reason_has_its_french():
    assert all(language("fr").text(template) != template for template in REASONS.values())


def test_progress_reaches_the_size_of_the_files(tmp_path):
    path = write(tmp_path / "a.txt", *ENTRIES)
    seen: list[tuple[int, int]] = []
    read_fec([path], progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert seen == sorted(seen)
