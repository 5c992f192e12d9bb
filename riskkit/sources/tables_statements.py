"""The statements that turn typed rows into invoices and payments, run by DuckDB inside the process.

They are constants: what changes from file to file travels as parameters, in the view `given` (the fields of the table
being read, `TypedRows.given`), and in small tables of words that Python has understood.
"""

from __future__ import annotations

# Texts that hardly vary are enumerations: they are neither compared letter by letter nor written again and again.
FILE_NAMES = "create or replace type file_name as enum (from unnest($names))"
CURRENCY_CODES = "create or replace type currency_code as enum (from unnest($codes))"
TABLES = """
create or replace type kind_word as enum (
    'invoice', 'credit_note', 'deposit', 'payment', 'refund', 'write_off', 'other');
create or replace temp table invoice_rows (
    part integer, line bigint, customer_key varchar, customer_name varchar, country varchar, sales_person varchar,
    payment_terms varchar, siren_raw varchar, invoice_number varchar, origin_number varchar, kind kind_word,
    issue_date date, due_date date, amount_cents bigint, excl_tax_cents bigint, currency varchar, is_disputed boolean,
    dispute_date date, is_payment boolean, settled_date date, settled_cents bigint, lettering varchar,
    lettering_date date, is_flipped boolean, stated_cents bigint, reason varchar);
create or replace temp table payment_rows (
    part integer, line bigint, payment_number varchar, customer_key varchar, customer_name varchar, kind kind_word,
    payment_date date, amount_cents bigint, currency varchar, reference varchar, lettering varchar,
    lettering_date date, is_flipped boolean,
    stated_cents bigint, reason varchar);
create or replace temp table parts (part integer, file file_name, has_lines boolean, is_signed boolean);
create or replace temp table named (part integer, said varchar, customer_id varchar);
create or replace temp table owners (invoice_number varchar, customer_id varchar);
create or replace temp table invoice_ids (row bigint, id varchar);
create or replace temp table payment_ids (block integer, row bigint, id varchar);
"""

# What a table of invoices gives says how its signed amount is read.
AMOUNTS = {
    "movement": "case when debit is not null or credit is not null then coalesce(debit, 0) - coalesce(credit, 0) end",
    "amount": "coalesce(case when lower(trim(side))[1:1] in ('c', '1') then -amount else amount end, open_amount)",
    "open": "open_amount",
    "lines": "try_cast((hundredths - rest) // 100 + (rest > 50 or (rest = 50 and (hundredths - rest) // 100 % 2 <> 0))"
    "::int as bigint)",
    "excl_tax": "excl_tax_amount",
}

# `words` has a row for every type and status that the table holds, and for their absence.
INVOICES = """
insert into invoice_rows
with products as (
    select *, quantity::hugeint * unit_price as hundredths,
        ((quantity::hugeint * unit_price) % 100 + 100) % 100 as rest
    from given),
valued as (select *, {amount} as said_cents from products),
worded as (
    select valued.*, words.* exclude (document, said_status), codes.code,
        coalesce(words.is_credit or (words.is_silent and said_cents < 0 and label in (from credit_labels)), false)
            as is_credit_note
    from valued join words
        on coalesce(valued.document_type, '') = words.document and coalesce(valued.status, '') = words.said_status
        join codes on coalesce(valued.currency, '') = codes.said_currency),
signed as (
    select *, is_credit_note and coalesce(said_cents > 0, false) as is_flipped,
        case when is_credit_note and said_cents > 0 then -said_cents else said_cents end as signed_cents,
        case when $is_due_issue then due_date else issue_date end as issued,
        (says_payment and not is_credit_note) or coalesce($is_movement and said_cents < 0 and not is_credit_note
            and not says_sales_journal, false) as pays
    from worded),
settled as (
    select *, case when not is_unpaid then coalesce(settled_date, later_day(issued, days_to_settle),
            case when is_paid then later_day(due_date, days_late) end) end as paid_on,
        case when $has_excl_tax then excl_tax_amount else signed_cents - tax_amount end as untaxed_cents,
        coalesce(customer_id, upper(customer_name)) as customer_key
    from signed)
select $part, line, customer_key, customer_name, country, sales_person, payment_terms, siren, invoice_number,
    origin_number,
    case when signed_cents < 0 then 'credit_note'::kind_word when says_deposit then 'deposit'::kind_word
        else 'invoice'::kind_word end,
    issued, due_date, signed_cents,
    case when untaxed_cents > 0 and signed_cents < 0 then -untaxed_cents else untaxed_cents end,
    coalesce(code, $currency), coalesce(disputed, false), dispute_date, pays, paid_on,
    case when $is_lettered then case when not pays then 0 end
        when pays then case when $has_open and open_amount is not null then abs(signed_cents) - abs(open_amount) end
        else coalesce(case
        when $has_paid and paid_amount is not null then paid_amount
        when $has_open and open_amount is not null then signed_cents - open_amount
        when paid_on is not null or is_paid then signed_cents end, 0) end,
    {letter}, lettering_date, is_flipped, {stated},
    coalesce(reason, case
        when says_not_yet and not ($numbers_invoices and invoice_number is not null and due_date is not null)
            then 'not_an_invoice'
        when signed_cents is null then 'missing_amount'
        when customer_key is null then 'missing_customer'
        when issued is null then 'missing_issue_date' end)
from settled
"""

PAYMENTS = """
insert into payment_rows
with worded as (
    select given.*, words.* exclude (said_kind, said_mode), codes.code from given join words
        on coalesce(payment_kind, '') = words.said_kind and coalesce(payment_mode, '') = words.said_mode
        join codes on coalesce(given.currency, '') = codes.said_currency),
signed as (
    select *, is_refund and coalesce(payment_amount > 0, false) as is_flipped,
        case when is_refund and payment_amount > 0 then -payment_amount else payment_amount end as signed_cents
    from worded)
select $part, line, payment_id, coalesce(customer_id, upper(customer_name)), customer_name,
    case when is_write_off then 'write_off'::kind_word when is_refund or payment_amount < 0 then 'refund'::kind_word
        else 'payment'::kind_word end,
    payment_date, signed_cents, coalesce(code, $currency), reference, {letter}, lettering_date, is_flipped, {stated},
    coalesce(reason, case
        when signed_cents is null then 'missing_amount'
        when payment_date is null then 'missing_payment_date' end)
from signed
"""

MACROS = """
create or replace temp macro later_day(day, days) as case when abs(days) <= 100000 then day + days::integer end;
"""

# A row that names its customer without a code has the code of the one of that name.
UNNAMED = {"customer": "r.customer_key", "names": ""}
NAMED = {
    "customer": "coalesce(n.customer_id, r.customer_key)",
    "names": "left join named as n on n.part = r.part and n.said = r.customer_name",
}

# Rows in another currency than the portfolio's are set aside whatever else they are; customers are named at last.
VIEWS = """
create or replace temp view judged_invoices as
select r.rowid as row, (r.part::bigint << 40) + r.line as place, r.* exclude (reason),
    {customer} as customer_id,
    coalesce(reason, case when currency <> getvariable('main_currency') then 'other_currency' end) as reason
from invoice_rows as r {names};
create or replace temp view judged_payments as
select p.* exclude (reason),
    coalesce(reason, case when currency <> getvariable('main_currency') then 'other_currency'
        when customer_id is null then 'unknown_invoice' end) as reason
from (select r.rowid as row, (r.part::bigint << 40) + r.line as place, r.*,
        coalesce({customer}, o.customer_id) as customer_id
    from payment_rows as r {names}
    left join owners as o on r.customer_key is null and o.invoice_number = r.reference) as p;
create or replace temp view kept_rows as
select row, place, part, line, customer_id, customer_name, country, sales_person, payment_terms, siren_raw,
    invoice_number, origin_number, kind, issue_date, due_date, amount_cents, excl_tax_cents, currency, is_disputed,
    dispute_date, settled_date, settled_cents, lettering, lettering_date
from judged_invoices where reason is null and not is_payment;
"""

# Lines of detail are added up by customer and invoice number; the first line that says something is believed.
KEPT_PLAIN = "create or replace temp view kept as from kept_rows"
KEPT_ADDED_UP = """
create or replace temp table added_up as
select arg_min(row, place) as row, min(place) as place, part, min(line) as line, customer_id,
    arg_min(customer_name, place) as customer_name,
    arg_min(country, place) as country, arg_min(sales_person, place) as sales_person,
    arg_min(payment_terms, place) as payment_terms, arg_min(siren_raw, place) as siren_raw, invoice_number,
    arg_min(origin_number, place) as origin_number, arg_min(kind, place) as first_kind, min(issue_date) as issue_date,
    arg_min(due_date, place) as due_date, sum(amount_cents)::bigint as amount_cents,
    arg_min(excl_tax_cents, place) as excl_tax_cents, arg_min(currency, place) as currency,
    arg_min(is_disputed, place) as is_disputed, arg_min(dispute_date, place) as dispute_date,
    arg_min(settled_date, place) as settled_date, sum(settled_cents)::bigint as settled_cents,
    arg_min(lettering, place) as lettering, arg_min(lettering_date, place) as lettering_date
from kept_rows where part in (select part from parts where has_lines)
group by part, customer_id, invoice_number;
create or replace temp view kept as
from kept_rows where part not in (select part from parts where has_lines)
union all by name
select * exclude (first_kind), case when amount_cents < 0 then 'credit_note'::kind_word
    when first_kind = 'credit_note' then 'invoice'::kind_word else first_kind end as kind
from added_up
"""

NUMBERED = """
create or replace temp view numbered as
select kept.*, parts.file, coalesce(invoice_number, parts.file || ':' || line) as own_id
from kept join parts using (part)
"""

# Ids that repeat are made distinct by their line, then their file, then a rank; the first keeps its own.
REPEATED = "create or replace temp table repeated as select own_id from {rows} group by own_id having count(*) > 1"
DISTINCT = """
create or replace temp table distinct_rows as
with pool as (
    select block, row, place, line, file, own_id,
        row_number() over (partition by own_id order by block, place, row) as rank
    from {rows} where own_id in (from repeated) or contains(own_id, '#')),
by_line as (select *, case when rank = 1 then own_id else own_id || '#' || line end as line_id from pool),
line_ranks as (select *, row_number() over (partition by line_id order by block, place, row) as line_rank from by_line),
by_file as (select *, case when line_rank = 1 then line_id else line_id || '#' || file end as file_id from line_ranks),
file_ranks as (select *, row_number() over (partition by file_id order by block, place, row) as file_rank from by_file)
select block, row, case when file_rank = 1 then file_id else file_id || '#' || (file_rank - 1) end as id
from file_ranks
"""
KEEP_INVOICE_IDS = "create or replace temp table invoice_ids as select row, id from distinct_rows"
KEEP_PAYMENT_IDS = "create or replace temp table payment_ids as select block, row, id from distinct_rows"

IDENTIFIED = """
create or replace temp view identified as
select numbered.*, {id} as invoice_id from numbered {join}
"""

OWNERS = """
create or replace temp table owners as
select invoice_number, arg_min(customer_id, place) as customer_id from kept
where invoice_number in (select reference from payment_rows where customer_key is null)
group by invoice_number
"""

# Blocks keep the order of the tables: payments read, settlements that invoices carry, movements that are payments.
EVERY_PAYMENT = """
create or replace temp view every_payment as
select 0 as block, row, place, line, parts.file,
    coalesce(payment_number, parts.file || ':' || line) as own_id, customer_id,
    customer_name, kind, payment_date, amount_cents, currency, reference, null::varchar as country,
    null::varchar as sales_person, null::varchar as payment_terms, null::varchar as siren_raw, lettering,
    lettering_date
from judged_payments join parts using (part) where reason is null
union all
select 1, row, place, line, file, invoice_id || ':paid', customer_id, customer_name,
    case when settled_date is null then 'other'::kind_word when rest_cents < 0 then 'refund'::kind_word
        else 'payment'::kind_word end,
    coalesce(settled_date, getvariable('latest')), rest_cents, currency, invoice_number, country, sales_person,
    payment_terms, siren_raw, null::varchar, null::date
from said_settlements where rest_cents <> 0
union all
select 2, row, place, line, file, file || ':' || line, customer_id, customer_name,
    case when moved_cents < 0 then 'refund'::kind_word else 'payment'::kind_word end, issue_date, moved_cents, currency,
    case when invoice_number in (select invoice_number from kept) then invoice_number end, country, sales_person,
    payment_terms, siren_raw, lettering, lettering_date
from (select *, case when is_signed then -amount_cents else abs(amount_cents) end as moved_cents
    from judged_invoices join parts using (part) where reason is null and is_payment)
union all
select 3, row, place, line, file, file || ':' || line || ':applied', customer_id, customer_name, 'other'::kind_word,
    getvariable('latest'), -given_back_cents, currency, null::varchar, country, sales_person, payment_terms, siren_raw,
    null::varchar, null::date
from judged_invoices join parts using (part)
    join (from applied_elsewhere where block = 2 and given_back_cents > 0) using (row)
"""

INVOICE_TABLE = """
select invoice_id, invoice_number, customer_id, kind, true as is_sale, issue_date, due_date, amount_cents,
    excl_tax_cents, getvariable('main_currency')::currency_code as currency,
    case when kind = 'credit_note' then coalesce(origin_number, invoice_number) else invoice_number end as reference,
    {letter} as lettering, lettering_date,
    case when is_disputed then coalesce(dispute_date, getvariable('latest')) else dispute_date end as dispute_date,
    file as source_file, line as source_line
from identified {order}
"""

# A letter means something for one customer, and starts again with each file unless payments come in one of their own.
LETTER = "case when lettering is not null then customer_id || '|' || lettering || '|' || {scope} end"

PAYMENT_TABLE = """
select {id} as payment_id, customer_id, kind, payment_date, amount_cents,
    getvariable('main_currency')::currency_code as currency, reference,
    {letter} as lettering, lettering_date, file as source_file, line as source_line
from every_payment {join} {order}
"""

# The first thing that rows say of each customer, in the order of the tables; a place is a block, a part and a line.
SAID_OF_CUSTOMERS = """
select customer_id, name, country, payment_terms, sales_person, siren_raw, file as source_file,
    first_place & ((1::bigint << 40) - 1) as source_line
from (
    select customer_id, min(place) as first_place, arg_min(customer_name, place) as name, {facts}
    from (
        select customer_id, customer_name, country, payment_terms, sales_person, siren_raw, place from kept
        union all
        select customer_id, customer_name, country, payment_terms, sales_person, siren_raw,
            ((block + 1)::bigint << 58) + place
        from every_payment where block in (0, 2))
    group by customer_id)
join parts on parts.part = (first_place >> 40) & ((1 << 18) - 1)
order by first_place
"""

# Rows are in the order of their files unless a join has moved them: sorting what is sorted is not free.
IS_ORDERED = """
select coalesce(bool_and(line >= before or part > part_before), true)
from (select part, line, lag(line) over () as before, lag(part) over () as part_before from {rows})
"""
