"""What invoices say of their own settlement, beside the payments of the same files: no euro counts twice.

An extract may give a payment on a line of its own and, on the line of its invoice, a date of settlement or what remains
due. Both say the same movement. A payment that names an invoice explains what that invoice says; the others explain
what their customer's invoices say, oldest first. Only what no payment explains is a settlement of its own. A payment
that shows what remains of it, and was applied to invoices that are not in the files, is given back for that part:
what each customer owes is then the sum of what remains.
"""

from __future__ import annotations

import duckdb

from riskkit.errors import Message, Money, message

ALONE = """
create or replace temp view said_settlements as select *, settled_cents as rest_cents from identified;
create or replace temp table applied_elsewhere (block integer, row bigint, given_back_cents bigint);
"""

# A settlement more than a week before the first payment of the files, or after the last, is none of them.
BESIDE = """
create or replace temp view stated as
from identified where settled_cents <> 0 and (settled_date is not null or not getvariable('has_payments'));
create or replace temp table paying as
select 0 as block, row, place, customer_id, reference, amount_cents as available_cents, false as is_stated,
    payment_date as day
from judged_payments where reason is null and amount_cents > 0
union all
select 2, row, place, customer_id,
    case when invoice_number in (select invoice_number from kept) then invoice_number end,
    coalesce(settled_cents, moved_cents), settled_cents is not null, issue_date
from (select *, case when is_signed then -amount_cents else abs(amount_cents) end as moved_cents
    from judged_invoices join parts using (part) where reason is null and is_payment)
where moved_cents > 0
union all
select 1, row, place, customer_id, null, -settled_cents, true, issue_date from stated where settled_cents < 0;
create or replace temp table wanted as
with named as (
    select customer_id, reference, sum(available_cents) as cents from paying where reference is not null group by all),
days as (select min(day) - 7 as first, max(day) + 7 as last from paying where block <> 1)
select row, place, s.customer_id, issue_date, settled_cents,
    settled_date is null or settled_date between first and last as may_be_given,
    greatest(least(settled_cents, sum(settled_cents) over (
        partition by s.customer_id, invoice_number order by due_date, place, row) - coalesce(cents, 0)), 0)::bigint
        as unnamed_cents
from stated as s cross join days
    left join named as n on n.customer_id = s.customer_id and n.reference = s.invoice_number
where settled_cents > 0;
create or replace temp table own_settlements as
with pool as (
    select customer_id, sum(available_cents) as cents from paying where reference is null group by customer_id)
select row, case when may_be_given then greatest(least(unnamed_cents, sum(unnamed_cents) over (
        partition by w.customer_id, may_be_given order by issue_date, place, row) - coalesce(cents, 0)), 0)
    else unnamed_cents end::bigint as rest_cents
from wanted as w left join pool as p on p.customer_id = w.customer_id;
create or replace temp table applied_elsewhere as
with asked as (select customer_id, sum(unnamed_cents) as cents from wanted where may_be_given group by customer_id)
select block, row, greatest(least(available_cents, sum(available_cents) over (
        partition by p.customer_id order by day, place, block, row) - coalesce(cents, 0)), 0)::bigint
    as given_back_cents
from paying as p left join asked as a on a.customer_id = p.customer_id
where is_stated and reference is null;
create or replace temp view said_settlements as
from identified join (
    select row, rest_cents from own_settlements
    union all select row, -given_back_cents from applied_elsewhere where block = 1) using (row)
"""

_SAID_ONCE = """
select count(*) filter (rest_cents < settled_cents), sum(settled_cents - rest_cents)::bigint
from wanted join own_settlements using (row)
"""
_GIVEN_BACK = """
select count(*), sum(given_back_cents)::bigint from applied_elsewhere where given_back_cents > 0 and block = 2
"""
_UNDATED = """
select count(*), sum(amount_cents)::bigint from every_payment where block = 1 and kind = 'other' and amount_cents <> 0
"""


def judge_settlements(connection: duckdb.DuckDBPyConnection, *, currency: str) -> list[Message]:
    """Make `said_settlements` and `applied_elsewhere` from what is kept, and say what was said twice."""
    states = connection.execute("select count(*) from kept where settled_cents <> 0").fetchall()[0][0]
    pays = connection.execute(
        "select (select count(*) from payment_rows) "
        "+ (select count(*) from invoice_rows where is_payment and (settled_cents is not null or $1 > 0))",
        [states],
    ).fetchall()[0][0]
    if not pays:
        connection.execute(ALONE)
        return []
    connection.execute(BESIDE)
    notes = []
    count, cents = connection.execute(_SAID_ONCE).fetchall()[0]
    if count:
        notes.append(
            message(
                "{count:invoice states|invoices state} a settlement ({money}) that the payments given explain: it "
                "counts once, as a payment.",
                count=count,
                money=Money(cents, currency),
            )
        )
    count, cents = connection.execute(_GIVEN_BACK).fetchall()[0]
    if count:
        notes.append(
            message(
                "{count:payment was|payments were} applied, by what remains of {count:?it|them}, to invoices that the "
                "files do not hold: that part ({money}) is left out of what is owed.",
                count=count,
                money=Money(cents, currency),
            )
        )
    return notes


def undated_settlements(connection: duckdb.DuckDBPyConnection, *, currency: str) -> list[Message]:
    """What to say of settlements that invoices carry without their date, among those that count."""
    count, cents = connection.execute(_UNDATED).fetchall()[0]
    if not count:
        return []
    return [
        message(
            "{count:settlement|settlements} ({money}) {count:?has|have} no date: {count:?it is|they are} dated at "
            "the latest date of the files, and {count:?says|say} nothing of delays.",
            count=count,
            money=Money(cents, currency),
        )
    ]
