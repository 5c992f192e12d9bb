"""Measures of groups of customers in SQL written by hand for DuckDB: a part of what `benchmarks.measures` compares.

Of the measures that riskkit gives for each group, those of which the months are kept, but the count-back DSO.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd

DIMENSIONS = ("section", "region", "legal_form", "payment_method", "sales_person")
_SUMS = """
create temp table of_customers as
with owed as (
    select customer_id, sum(open) as open, sum(open) filter (due_date < $as_of) as overdue,
           sum(cents - credited) filter (is_settled) as settled,
           sum((cents - credited) * (settled - due_date)) filter (is_settled) as settled_late,
           sum(open) filter (is_late) as late, sum(open * ($as_of - due_date)) filter (is_late) as late_days,
           sum(cents) filter (is_old) as old, sum(cents - by_risk) filter (is_old) as old_unpaid
    from (select *, kind in ('invoice', 'deposit') and settled > $as_of - 365 and paid > 0 as is_settled,
                 kind in ('invoice', 'deposit') and open > 0 and due_date < $as_of as is_late,
                 kind in ('invoice', 'deposit') and due_date + 90 > $as_of - 365 and due_date + 90 <= $as_of as is_old
          from items)
    group by customer_id
),
on_account as (select customer_id, sum(unapplied) as unapplied from credits group by customer_id),
sold as (
    select customer_id, sum(amount_cents) as sales from invoices
    where is_sale and issue_date > $as_of - 365 and issue_date <= $as_of group by customer_id
)
select * from owed full join on_account using (customer_id) full join sold using (customer_id)
"""
_MEASURES = """
select '{dimension}' as dimension, coalesce({dimension}, 'unknown') as "group",
       (coalesce(sum(open), 0) - coalesce(sum(unapplied), 0)) / 100 as receivables_amount,
       coalesce(sum(overdue), 0) / 100 as overdue_amount, coalesce(sum(sales), 0) / 100 as sales_12m_amount,
       100 * overdue_amount / nullif(100 * receivables_amount, 0) as overdue_share,
       365 * receivables_amount / nullif(sales_12m_amount, 0) as dso_days,
       (coalesce(sum(settled_late), 0) + coalesce(sum(late_days), 0))
       / (coalesce(sum(settled), 0) + coalesce(sum(late), 0)) as days_beyond_terms_days,
       sum(old_unpaid) / sum(old) as at_risk_rate, count(*) filter (open > 0) as customers_count
from of_customers left join customers using (customer_id) group by 2
"""


def sql_group_measures(connection: duckdb.DuckDBPyConnection, customers: Path, *, as_of: dt.date) -> pd.DataFrame:
    """One row per dimension and group: dimension, group, and a column per measure."""
    connection.execute(f"create view customers as from read_parquet('{customers}')")
    connection.execute(_SUMS.replace("$as_of", f"date '{as_of}'"))
    frame: pd.DataFrame = connection.sql(
        " union all ".join(_MEASURES.format(dimension=dimension) for dimension in DIMENSIONS)
    ).df()
    return frame
