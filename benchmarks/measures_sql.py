"""The tables of a ledger's past in SQL written by hand for DuckDB: what `benchmarks.measures` measures riskkit against.

Dates stay dates, each intermediate is a temporary table made once, and single debits and credits are paired as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

_LINES = """
create temp table lines as
select 'i:' || invoice_id as line, customer_id, kind, issue_date as day, due_date, dispute_date, amount_cents as cents,
       lettering, reference, false as is_cash, if(amount_cents > 0, due_date, issue_date) as order_day
from invoices where issue_date <= $as_of and amount_cents <> 0
union all
select 'p:' || payment_id, customer_id, kind, payment_date, null, null, -amount_cents, lettering, reference,
       kind in ('payment', 'refund'), payment_date
from payments where payment_date <= $as_of and amount_cents <> 0
"""
_LEFT = "create temp table left_0 as select line, {keys}, day, order_day, cents from lines"
_SETTLE = """
create temp table pairs_{n} as
with scopes as (
    select {scope}, count(*) as n, count(*) filter (cents > 0) as debits from left_{n}
    where {given} group by {scope} having count(*) filter (cents > 0) between 1 and count(*) - 1
),
met as materialized (select l.*, s.n from left_{n} l join scopes s using ({scope})),
ends as (
    select *, sum(abs(cents)) over (partition by {scope}, cents > 0 order by order_day, line
                                    rows unbounded preceding)::bigint as stop
    from met where n > 2
),
walk as materialized (
    select *, lag(stop, 1, 0) over w as start,
           count(*) filter (cents > 0) over w as debits, count(*) filter (cents < 0) over w as credits
    from ends window w as (partition by {scope} order by stop, cents > 0 rows unbounded preceding)
),
several as (
    select if(a.cents > 0, a.line, b.line) as debit, if(a.cents > 0, b.line, a.line) as credit,
           a.stop - a.start as cents, greatest(a.day, b.day) as day
    from walk a join walk b using ({scope})
    where a.stop > a.start and (a.cents > 0) <> (b.cents > 0)
      and if(a.cents > 0, a.credits, a.debits) + 1 = if(b.cents > 0, b.debits, b.credits)
)
select d.line as debit, c.line as credit, least(d.cents, -c.cents) as cents, greatest(d.day, c.day) as day
from (from met where n = 2 and cents > 0) d join (from met where n = 2 and cents < 0) c using ({scope})
union all from several
"""
_REMAINING = """
create temp table left_{m} as
with spent as (
    select line, sum(cents)::bigint as cents
    from (select debit as line, cents from pairs_{n} union all select credit, cents from pairs_{n}) group by line
)
select l.line, {keys}, l.day, l.order_day, l.cents - sign(l.cents) * coalesce(s.cents, 0) as cents
from left_{n} l left join spent s using (line) where abs(l.cents) > coalesce(s.cents, 0)
"""
_FLOWS = """
create temp table flows as
select p.debit, d.customer_id, d.kind, d.day as issue_date, d.due_date, d.dispute_date, p.day, p.cents,
       case when c.is_cash then 'paid' when c.kind = 'credit_note' then 'credited'
            when c.kind = 'write_off' then 'written_off' else 'other' end as way
from (from pairs_0 union all from pairs_1 union all from pairs_2) p
join lines c on c.line = p.credit join lines d on d.line = p.debit
"""
_ITEMS = """
create temp table items as
with applied as (
    select debit, sum(cents)::bigint as applied, max(day) as last_day, sum(cents) filter (way = 'paid')::bigint as paid,
           sum(cents) filter (day <= due_date + 90)::bigint as by_risk,
           sum(cents) filter (way = 'credited')::bigint as credited,
           sum(cents) filter (way in ('paid', 'other') and day > due_date)::bigint as paid_late
    from flows group by debit
)
select l.line, l.customer_id, l.kind, l.day, l.due_date, l.dispute_date, l.cents,
       l.cents - coalesce(applied, 0) as open, coalesce(credited, 0) as credited, coalesce(paid_late, 0) as paid_late,
       coalesce(paid, 0) as paid, coalesce(by_risk, 0) as by_risk,
       if(l.cents = applied, last_day, null) as settled
from lines l left join applied a on a.debit = l.line where l.cents > 0
"""
_UNAPPLIED = """
create temp table credits as
with applied as (
    select credit, sum(cents)::bigint as applied
    from (from pairs_0 union all from pairs_1 union all from pairs_2) group by credit
)
select l.line, l.customer_id, l.kind, l.day, -l.cents as cents, -l.cents - coalesce(applied, 0) as unapplied
from lines l left join applied a on a.credit = l.line where l.cents < 0
"""


def sql_snapshot(folder: Path, *, as_of: dt.date, memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the ledger of `folder` settled at a date, in temporary tables; open items are also fetched."""
    connection = duckdb.connect(":memory:", config={"memory_limit": memory_limit, "temp_directory": str(spill)})
    connection.execute("set enable_progress_bar = false")
    for name in ("invoices", "payments"):
        connection.execute(f"create view {name} as from read_parquet('{folder / f'{name}.parquet'}')")
    connection.execute(_LINES.replace("$as_of", f"date '{as_of}'"))
    keys = "customer_id, lettering, reference"
    connection.execute(_LEFT.format(keys=keys))
    for n, scope in enumerate(("lettering", "customer_id, reference", "customer_id")):
        given = " and ".join(f"{key} is not null" for key in scope.split(", "))
        connection.execute(_SETTLE.format(n=n, scope=scope, given=given))
        if n < 2:
            prefixed = ", ".join(f"l.{key}" for key in keys.split(", "))
            connection.execute(_REMAINING.format(n=n, m=n + 1, keys=prefixed))
            connection.execute(f"drop table left_{n}")
    for query in (_FLOWS, _ITEMS, _UNAPPLIED):
        connection.execute(query)
    for table in ("left_2", "pairs_0", "pairs_1", "pairs_2", "lines"):
        connection.execute(f"drop table {table}")
    connection.sql("from items where open > 0 order by due_date, open desc").df()
    connection.sql("from credits where unapplied > 0 order by unapplied desc").df()
    connection.sql(_AGEING.replace("$as_of", f"date '{as_of}'")).df()
    return connection


_BUCKET = """case when {due} is null then 6 when {day} - {due} <= 0 then 0 when {day} - {due} <= 30 then 1
     when {day} - {due} <= 60 then 2 when {day} - {due} <= 90 then 3 when {day} - {due} <= 180 then 4 else 5 end"""
_AGEING = f"""
with aged as (
    select customer_id, {_BUCKET.format(day="$as_of", due="due_date")} as bucket, open from items where open > 0
)
select customer_id, sum(open) as open, {", ".join(f"sum(open) filter (bucket = {n}) as b{n}" for n in range(7))}
from aged group by customer_id order by open desc
"""
_SPANS = """
create temp table balances as
with moves as (
    select line, due_date, year(day) * 12 + month(day) - 1 as month, cents as moved, 0 as written_off from items
    union all
    select debit, due_date, year(day) * 12 + month(day) - 1, -cents, if(way = 'written_off', cents, 0) from flows
    where year(day) * 12 + month(day) - 1 <= $last
),
steps as (
    select line, due_date, month, sum(moved)::bigint as moved, sum(written_off)::bigint as written_off
    from moves group by all
),
states as (
    select due_date, month, sum(moved) over w as cents, lead(month) over w as next_month,
           coalesce(lead(moved) over w, 0) as next_moved, coalesce(lead(written_off) over w, 0) as next_written_off
    from steps window w as (partition by line order by month)
),
spans as (
    select due_date, month as first, coalesce(next_month - 1, $last) as last, count(*) as items, sum(cents) as cents,
           sum(if(next_month is null, 0, cents + next_moved)) as next_open, sum(next_written_off) as next_written_off,
           count(*) filter (next_month is not null and cents + next_moved > 0) as next_items,
           count(*) filter (next_month is not null and cents + next_moved = 0 and next_written_off > 0) as lost_items
    from states where cents > 0 and month <= coalesce(next_month - 1, $last) group by all
),
ends as (
    select m as month, last_day(make_date((m // 12)::int, (m % 12 + 1)::int, 1)) as day,
           last_day(make_date(((m + 1) // 12)::int, ((m + 1) % 12 + 1)::int, 1)) as next_day
    from range($first, $last + 1) r(m)
)
select s.*, e.month, e.month = s.last and e.month < $last as leaves, {bucket} as bucket, {next_bucket} as next_bucket
from spans s join ends e on e.month between s.first and s.last
"""
_TABLES = {
    "ageing_history": """
select month, bucket, sum(items)::bigint as items, sum(cents)::bigint as cents from balances
group by all order by all""",
    "item_transitions": """
with moves as (
    select bucket as f, next_bucket as t, items, cents from balances where not leaves and month < $last
    union all select bucket, next_bucket, next_items, next_open from balances where leaves
    union all select bucket, 7, items - next_items - lost_items, cents - next_open - next_written_off
    from balances where leaves
    union all select bucket, 8, lost_items, next_written_off from balances where leaves
),
summed as (
    select f, t, sum(items)::bigint as items, sum(cents)::bigint as cents from moves group by all
    having sum(items) <> 0 or sum(cents) <> 0
)
select *, items / sum(items) over (partition by f) as probability, cents / sum(cents) over (partition by f) as share
from summed order by f, t""",
    "net_roll_rates": """
with b as (select month, bucket, sum(cents) as cents from balances where bucket < 6 group by all),
grid as (select m as month, k as bucket from range($first, $last + 1) a(m), range(0, 6) c(k)),
f as (select g.month, g.bucket, coalesce(cents, 0) as cents from grid g left join b using (month, bucket))
select t.month, s.bucket, s.cents::bigint as from_cents, t.cents::bigint as to_cents,
       t.cents / nullif(s.cents, 0) as rate
from f s join f t on t.month = s.month + 1 and t.bucket = s.bucket + 1 order by 1, 2""",
    "cohorts": """
with sales as (
    select year(day) * 12 + month(day) - 1 as cohort, count(*) as items, sum(cents)::bigint as billed from items
    where kind in ('invoice', 'deposit') group by all
),
moved as (
    select year(issue_date) * 12 + month(issue_date) - 1 as cohort, year(day) * 12 + month(day) - 1 as month,
           sum(cents) filter (way = 'paid') as paid, sum(cents) filter (way = 'credited') as credited,
           sum(cents) filter (way = 'written_off') as written_off, sum(cents) filter (way = 'other') as other
    from flows where kind in ('invoice', 'deposit') group by all
),
grid as (select cohort, items, billed, m as month from sales, range($first, $last + 1) r(m) where m >= cohort)
select cohort, month - cohort as since, items, billed, sum(coalesce(paid, 0)) over w as paid,
       sum(coalesce(credited, 0)) over w as credited, sum(coalesce(written_off, 0)) over w as written_off,
       sum(coalesce(other, 0)) over w as other
from grid left join moved using (cohort, month) window w as (partition by cohort order by month) order by 1, 2""",
    "seasonality": """
with due as (
    select year(due_date) * 12 + month(due_date) - 1 as month, sum(cents - credited) as due, sum(open) as open
    from items where kind in ('invoice', 'deposit') and due_date is not null group by all
),
paid as (
    select year(due_date) * 12 + month(due_date) - 1 as month, sum(cents) filter (day <= due_date + 30) as by_30,
           sum(cents * least(greatest(day - due_date, 0), 90)) as weighted
    from flows where kind in ('invoice', 'deposit') and way <> 'credited' and due_date is not null group by all
),
sales as (
    select year(issue_date) * 12 + month(issue_date) - 1 as month, sum(amount_cents) / 100 as sales
    from invoices where is_sale and issue_date <= $as_of group by all
)
select month, sales, 1 - by_30 / due as unpaid, (weighted + 90 * open) / due as days
from sales left join due using (month) left join paid using (month) order by month""",
    "payer_profiles": """
with facts as (
    select customer_id, year(due_date) * 2 + (month(due_date) > 6)::int as half, cents - credited as kept,
           coalesce(settled, $as_of) - due_date as late, settled is null as is_open
    from items where kind in ('invoice', 'deposit') and cents > credited and due_date <= $as_of
)
select customer_id, half, count(*) as items, count(*) filter (is_open) as open_items, sum(kept)::bigint as kept,
       sum(kept * late) / sum(kept) as mean, coalesce(sum(kept) filter (late > 0), 0) / sum(kept) as late_share,
       sqrt(greatest(sum(kept::double * late * late) / sum(kept) - (sum(kept * late) / sum(kept)) ^ 2, 0)) as spread
from facts group by all order by customer_id, half""",
    "delay_distribution": """
with latest as (select customer_id, max(half) as half from profiles group by all),
named as (
    select p.customer_id, case when items < 5 then 'unknown' when spread >= 30 and spread > abs(mean) then 'irregular'
        when mean <= 5 then 'punctual' when mean <= 15 then 'slightly_late' when mean <= 45 then 'late'
        else 'very_late' end as profile
    from profiles p join latest using (customer_id, half)
),
facts as (
    select customer_id, cents - credited as kept, coalesce(settled, $as_of) - due_date as late,
           settled is null as is_open
    from items
    where kind in ('invoice', 'deposit') and cents > credited and due_date <= $as_of and due_date > $as_of - 365
)
select profile, (late > -30)::int + (late > -15)::int + (late > -5)::int + (late > 0)::int + (late > 5)::int
       + (late > 15)::int + (late > 30)::int + (late > 45)::int + (late > 60)::int + (late > 90)::int
       + (late > 120)::int + (late > 180)::int as place,
       count(*) as items, count(*) filter (is_open) as open_items, sum(kept)::bigint as kept
from facts join named using (customer_id) group by all order by all""",
    "claimable_penalties": """
with halves as (
    select y * 2 + h as half, make_date(y::int, if(h = 0, 1, 7), 1) as first,
           if(h = 0, make_date(y::int, 6, 30), make_date(y::int, 12, 31)) as last
    from range(2020, 2026) a(y), range(0, 2) b(h)
),
late as (
    select customer_id, due_date as start, day as stop, cents from flows
    where way in ('paid', 'other') and day > due_date and kind in ('invoice', 'deposit')
      and (dispute_date is null or dispute_date > $as_of)
    union all
    select customer_id, due_date, $as_of, open from items
    where open > 0 and due_date < $as_of and kind in ('invoice', 'deposit')
      and (dispute_date is null or dispute_date > $as_of)
),
sums as (
    select customer_id, half, sum(cents * (least(stop, last) - greatest(start, first - 1)))::bigint as cent_days
    from late join halves on stop >= first and start < last group by all
),
counted as (
    select customer_id, year(due_date + 1) * 2 + (month(due_date + 1) > 6)::int as half, count(*) as invoices
    from items where (paid_late > 0 or (open > 0 and due_date < $as_of)) and kind in ('invoice', 'deposit')
      and (dispute_date is null or dispute_date > $as_of) group by all
)
select customer_id, half, coalesce(cent_days, 0) as cent_days, coalesce(invoices, 0) as invoices
from sums full join counted using (customer_id, half) order by customer_id, half""",
    "due_calendar": """
select due_date, count(*) as items, count(distinct customer_id) as customers, sum(open)::bigint as open,
       coalesce(sum(open) filter (dispute_date <= $as_of), 0)::bigint as disputed
from items where open > 0 group by all order by due_date""",
}


def sql_tables(
    connection: duckdb.DuckDBPyConnection, *, as_of: dt.date, first: int, last: int
) -> dict[str, pd.DataFrame]:
    """The tables by name, as pandas; `first` and `last` are months, year × 12 + month − 1."""

    def query(text: str) -> str:
        return text.replace("$as_of", f"date '{as_of}'").replace("$first", str(first)).replace("$last", str(last))

    bucket, next_bucket = (_BUCKET.format(day=day, due="s.due_date") for day in ("e.day", "e.next_day"))
    connection.execute(query(_SPANS.replace("{bucket}", bucket).replace("{next_bucket}", next_bucket)))
    run: Callable[[str], pd.DataFrame] = lambda name: connection.sql(query(_TABLES[name])).df()  # noqa: E731
    tables = {}
    for name in _TABLES:
        if name == "delay_distribution":
            connection.register("profiles", tables["payer_profiles"])
        tables[name] = run(name)
    return tables
