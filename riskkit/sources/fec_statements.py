"""The statements that turn the text of a FEC into checked lines and entries, run by DuckDB inside the process.

They are constants: what changes from file to file (positions of the fields, separator, text) travels as parameters.
"""

from __future__ import annotations

TABLES = r"""
create macro plain_field(field, blank) as trim(coalesce(field, ''), blank);

-- text to integer cents, exactly; NULL when it is not an amount. The first branch reads all ordinary amounts.
create macro squeezed(t) as regexp_replace(t, '[\s\x{00a0}\x{202f}€]', '', 'g');
create macro long_cents(d) as
    case when abs(d - round(d, 2)) < 0.0001 then try_cast(round(d, 2) * 100 as bigint) end;
create macro odd_cents(t) as case
    when t = '' then 0
    when regexp_full_match(t, '[+-]?0*[0-9]{1,13}([.,][0-9]*)?')
        then long_cents(try_cast(regexp_replace(replace(t, ',', '.'), '^([+-]?)0+([0-9])', '\1\2') as decimal(38, 12)))
    when regexp_full_match(t, '[+-]?[.,][0-9]+') then long_cents(try_cast(replace(t, ',', '.') as decimal(38, 12)))
    when regexp_full_match(t, '[+-]?[0-9]{1,3}([.][0-9]{3}){1,4},[0-9]{0,2}')
        then long_cents(try_cast(replace(replace(t, '.', ''), ',', '.') as decimal(38, 12)))
    end;
create macro cents(t) as case
    when regexp_full_match(t, '-?[0-9]{1,13}([.,][0-9]{1,2})?')
        then try_cast(try_cast(replace(t, ',', '.') as decimal(18, 2)) * 100 as bigint)
    else odd_cents(squeezed(t)) end;

-- the year is first or last, never in doubt: 8 digits that start with a day cannot be a date that starts with a year
create macro any_day(t) as cast(try_strptime(t, [
    '%Y%m%d', '%d%m%Y', '%d/%m/%Y', '%Y-%m-%d', '%d-%m-%Y', '%d.%m.%Y', '%Y/%m/%d',
    '%Y-%m-%d %H:%M:%S', '%d/%m/%Y %H:%M:%S', '%Y-%m-%dT%H:%M:%S']) as date);
create macro known_day(d) as case when d between date '1970-01-01' and date '2100-12-31' then d end;
create macro day_of(t) as known_day(any_day(case when regexp_matches(t, '^[0-9]{8}$|[-/.]') then t end));

create table ledger (
    line bigint, journal varchar, number varchar, piece varchar, day date, account varchar,
    debit bigint, credit bigint);
create table receivable (
    line bigint, journal varchar, journal_label varchar, account varchar, account_label varchar, auxiliary varchar,
    auxiliary_label varchar, piece varchar, piece_date date, label varchar, lettering varchar, lettering_date date,
    date date, signed_cents bigint, raw varchar);
create table faults (line bigint, reason varchar, shown varchar, raw varchar);
"""

SPLIT = r"""
create or replace temp table split as
select line, text as raw, string_split(text, $separator) as f
from (select unnest(string_split($text, chr(10))) as text, unnest(range($first, $past)) as line)
where trim(text, $blank || $separator) <> ''
"""

PARSE = r"""
create or replace temp table parsed as
select line, raw, len(f) as width,
    plain_field(f[$journal], $blank) as journal, plain_field(f[$number], $blank) as number,
    plain_field(f[$piece], $blank) as piece, plain_field(f[$account], $blank) as account,
    day_of(plain_field(f[$date], $blank)) as day,
    trim(array_to_string(f[$width + 1:], ''), $blank) as excess,
    case when $has_side then plain_field(f[$amount], $blank) else plain_field(f[$debit], $blank) end as debit_text,
    case when $has_side then upper(plain_field(f[$side], $blank)) else plain_field(f[$credit], $blank) end
        as credit_text,
    f
from split
"""

PRICE = r"""
create or replace temp table priced as
select * exclude (first_cents, second_cents),
    case when not $has_side then first_cents when is_debit then first_cents when is_credit then 0 end as debit,
    case when not $has_side then second_cents when is_credit then first_cents when is_debit then 0 end as credit,
    case
        when strip_accents(lower(account)) = 'comptenum' then 'fec_repeated_header'
        when width < $needed_width or excess <> '' then 'fec_field_count'
        when not regexp_matches(account, '^[0-9]{2}') then 'fec_bad_account'
    end as shape
from (select *, cents(debit_text) as first_cents,
        cents(case when $has_side then '' else credit_text end) as second_cents,
        credit_text in ('D', 'DEBIT', 'DÉBIT', '+1', '1', '+') as is_debit,
        credit_text in ('C', 'CREDIT', 'CRÉDIT', '-1', '-') as is_credit
    from parsed)
"""

KEEP_FAULTS = r"""
insert into faults
select line, reason, case reason
    when 'fec_field_count' then width || ' / ' || $width
    when 'fec_bad_account' then account
    else debit_text || ' ; ' || credit_text end, replace(raw, $separator, '|')
from (select *, case
        when shape is not null then shape
        when debit is null or credit is null then 'fec_bad_amount'
    end as reason from priced)
where reason is not null
"""

KEEP_LINES = r"""
insert into ledger
select line, journal, number, piece, day, account, debit, credit
from priced where shape is null and debit is not null and credit is not null
"""

KEEP_RECEIVABLES = r"""
insert into receivable
select line, journal, plain_field(f[$journal_label], $blank), account, plain_field(f[$account_label], $blank),
    plain_field(f[$auxiliary], $blank), plain_field(f[$auxiliary_label], $blank), piece,
    day_of(plain_field(f[$piece_date], $blank)), plain_field(f[$label], $blank),
    plain_field(f[$lettering], $blank), day_of(plain_field(f[$lettering_date], $blank)),
    day, debit - credit, replace(raw, $separator, '|')
from priced
where shape is null and debit is not null and credit is not null and starts_with(account, '411')
"""

# Three ways to tell entries apart, from the rule to what some software leaves us with.
ENTRY_KEYS = (
    "create or replace temp table keyed as select *, journal || '|' || case when number = '' "
    "then piece || '|' || coalesce(cast(day as varchar), '') else number end as root from ledger",
    "create or replace temp table keyed as select *, journal || '|' || piece || '|' || "
    "coalesce(cast(day as varchar), '') as root from ledger",
    "create or replace temp table keyed as select *, journal || '|' || coalesce(cast(day as varchar), '') as root "
    "from ledger",
)

# A number that is used again on another day is another entry, provided that each day balances by itself.
ENTRIES = r"""
create or replace temp table reused as
select root from (select root, day, sum(debit - credit) as gap from keyed group by root, day)
group by root having count(*) > 1 and bool_and(gap = 0);
create or replace temp table entered as
select keyed.*, keyed.root || case when reused.root is null then '' else '|' || coalesce(cast(day as varchar), '') end
    as entry
from keyed left join reused using (root);
create or replace temp table entries as
select entry, min(line) as line, min(journal) as journal, min(number) as number, sum(debit - credit) as gap,
    max(day) as day
from entered group by entry
"""

UNBALANCED = r"""
select count(*) filter (where gap <> 0), count(*),
    arg_min(journal, line) filter (where gap <> 0), arg_min(number, line) filter (where gap <> 0),
    min(line) filter (where gap <> 0), arg_min(gap, line) filter (where gap <> 0),
    sum(abs(gap))
from entries
"""

# What stands against account 411 in each entry that touches it.
COUNTERPARTS = r"""
create or replace temp table counterparts as
select entry,
    count(*) filter (where starts_with(account, '411')) as receivable_lines,
    bool_or(regexp_matches(account, '^(5[134]|58)')) as has_bank,
    bool_or(starts_with(account, '70')) as has_revenue,
    bool_or(starts_with(account, '7')) as has_product,
    bool_or(regexp_matches(account, '^[67]')) as has_result,
    bool_or(starts_with(account, '445')) as has_vat,
    bool_or(starts_with(account, '419')) as has_deposit,
    bool_or(regexp_matches(account, '^(445|418|419|487|47)')) as has_pending,
    bool_or(regexp_matches(account, '^(10[1-7]|11|12|89)')) as has_equity,
    sum(debit - credit) as gap,
    sum(debit - credit) filter (where regexp_matches(account, '^(654|6714|4457)')) as loss_and_vat_cents,
    bool_or(regexp_matches(account, '^(654|6714)')) as has_loss,
    sum(credit - debit) filter (where starts_with(account, '4457')) as vat_cents,
    mode(day) filter (where regexp_matches(account, '^(10[1-7]|11|12|89)')) as equity_day
from entered group by entry
"""

RECEIVABLE_LINES = r"""
select receivable.* replace (coalesce(receivable.date, e.day) as date), receivable.date is null as is_redated,
    coalesce(c.has_equity, false) as has_equity, coalesce(c.has_bank, false) as has_bank,
    coalesce(c.has_revenue, false) as has_revenue, coalesce(c.has_product, false) as has_product,
    coalesce(c.has_result, false) as has_result, coalesce(c.has_vat, false) as has_vat,
    coalesce(c.has_deposit, false) as has_deposit, coalesce(c.has_pending, false) as has_pending,
    coalesce(c.has_loss, false) as has_loss, cast(coalesce(c.loss_and_vat_cents, 0) as bigint) as loss_and_vat_cents,
    cast(coalesce(c.vat_cents, 0) as bigint) as vat_cents, cast(c.receivable_lines as bigint) as receivable_lines,
    cast(c.gap as bigint) as gap, coalesce(o.entry is not null, false) as is_opening
from receivable join entered using (line) join counterparts as c using (entry) join entries as e using (entry)
    left join openings as o using (entry)
order by line
"""

# An opening entry touches no cost and no income, and holds equity or stands in a journal of that name.
OPENINGS = r"""
create or replace temp table openings as
select entry, equity_day, entries.day
from counterparts join entries using (entry)
where not has_result and (
    coalesce(has_equity, false)
    or regexp_full_match(upper(entries.journal), 'A\W?N|A\W?NO|RAN|A\W?N\W?C|OUV\w*|A\W?NOUV\w*')
    or entries.journal in (select journal from opening_journals))
"""

DAYS = r"""
select day, count(*) as lines from entered
where day is not null and entry not in (select entry from openings) group by day order by day
"""

SIDE_BALANCES = r"""
select account[1:3] as family, sum(debit - credit) as balance from ledger
where account[1:3] in ('413', '416', '418', '419') group by family having balance <> 0 order by family
"""

TOTALS = r"""
select (select count(*) from ledger), coalesce(sum(debit), 0), coalesce(sum(credit), 0), max(day) from ledger
"""
