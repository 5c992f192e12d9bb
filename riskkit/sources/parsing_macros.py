"""Macros that read cells, run by DuckDB inside the process: text to amounts, dates, identifiers. They are constants.

Every macro takes a column of text. `amount_parts` and `number_text` are stages of `amount_cents`. A first branch reads
what ordinary files hold; the branches after it read everything else, and give the same where both can read a cell.
"""

from __future__ import annotations

MACROS = r"""
create or replace temp macro is_missing(cell) as
    cell is null or regexp_full_match(lower(cell),
        '[\s\x{a0}\x{202f}]*(|-+|–|—|n\.?/?[acd]\.?|nan|nat|null|none|n[ée]ant|'
        || 'non renseign[ée]e?|inconnue?|unknown|\?+)'
        || '[\s\x{a0}\x{202f}]*');
create or replace temp macro amount_bare(cell) as
    regexp_replace(regexp_replace(cell, '[\s\x{a0}\x{202f}\x{2009}\x{feff}’''`_]', '', 'g'), '[−–—‑]', '-', 'g');
create or replace temp macro amount_parts(bare) as regexp_extract(bare,
    '(?i)^\(?([-+]?)\(?(?:EUROS?|EUR|USD|US|GBP|CHF|XPF|XOF|XAF|CAD|INR|JPY|MAD|TND|RS\.?|F\.?CFP|F\.?CFA|FRS?)?[€$£₹¥]?\(?([-+]?)([0-9][0-9.,]*|[.,][0-9]+)(E[-+]?[0-9]{1,2})?([-+]?)\)?(?:EUROS?|EUR|USD|GBP|CHF|XPF|XOF|XAF|CAD|INR|JPY|MAD|TND|F\.?CFP|F\.?CFA|FRS?)?[€$£₹¥]?([-+]?)(CR|DR|C|D)?\)?$',
    ['before', 'inside', 'core', 'exponent', 'after', 'last', 'side']);
create or replace temp macro number_text(core, decimal_mark) as case
    when core = '' then null
    when contains(core, ',') and contains(core, '.') then case
        when regexp_full_match(core, '[0-9]{1,3}(\.[0-9]{3})+,[0-9]*') then replace(replace(core, '.', ''), ',', '.')
        when regexp_full_match(core, '[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}\.[0-9]*') then replace(core, ',', '') end
    when regexp_full_match(core, '[0-9]*[.,]?[0-9]*') then case
        when regexp_full_match(core, '[1-9][0-9]{0,2}[.,][0-9]{3}') and not contains(core, decimal_mark)
        then replace(replace(core, ',', ''), '.', '')
        else replace(core, ',', '.') end
    when regexp_full_match(core, '[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}|[0-9]{1,3}(\.[0-9]{3})+')
    then replace(replace(core, ',', ''), '.', '') end;
create or replace temp macro half_even(cents) as
    floor(cents) + case when cents - floor(cents) > 0.5 then 1
                        when cents - floor(cents) = 0.5 then floor(cents) % 2 else 0 end;
create or replace temp macro parts_cents(parts, bare, decimal_mark) as list_transform(
    [try_cast(number_text(parts.core, decimal_mark)
        || 'E' || (2 + coalesce(try_cast(replace(upper(parts.exponent), 'E', '') as integer), 0)) as decimal(38, 18))],
    lambda cents: try_cast(half_even(cents) as bigint))[1]
    * case when contains(concat(parts.before, parts.inside, parts.after, parts.last), '-')
             or upper(parts.side) in ('CR', 'C') or regexp_full_match(bare, '[^0-9]*\(.*\)[^0-9]*') then -1 else 1 end;
create or replace temp macro plain_cents(cell) as (try_cast(replace(cell, ',', '.') as decimal(18, 2)) * 100)::bigint;
create or replace temp macro fine_cents(cell) as
    half_even(try_cast(ltrim(cell, '-') as decimal(38, 18)) * 100)::bigint
    * case when cell[1:1] = '-' then -1 else 1 end;
create or replace temp macro amount_cents(cell, decimal_mark) as case
    when regexp_full_match(cell, '-?[0-9]{1,13}(\.([0-9]|[0-9]{2}))?')
    then (try_cast(cell as decimal(18, 2)) * 100)::bigint
    when decimal_mark = '.' and regexp_full_match(cell, '-?[0-9]{1,15}\.[0-9]{3,17}') then fine_cents(cell)
    when regexp_full_match(cell, '-?[0-9]{1,13},([0-9]|[0-9]{2})')
    then (try_cast(replace(cell, ',', '.') as decimal(18, 2)) * 100)::bigint
    when cell is null or not regexp_matches(cell, '[-–—‑0-9]') then null
    else list_transform([amount_bare(cell)], lambda bare: case when regexp_full_match(bare, '-+€?') then 0
        else list_transform([amount_parts(bare)], lambda parts: parts_cents(parts, bare, decimal_mark))[1] end)[1] end;
-- plain: at most 13 digits (an 18-digit decimal holds them times 100), a mark and at most two decimals;
-- fine: four decimals or more after a point, read in one way only
create or replace temp macro amount_shape(cell) as case
    when cell is null or cell = '' then 'missing'
    when regexp_full_match(cell, '-?[0-9]{1,13}(\.[0-9]{1,2})?')
    then case when contains(cell, '.') then 'point' else 'whole' end
    when regexp_full_match(cell, '-?[0-9]{1,13},[0-9]{1,2}') then 'comma'
    when regexp_full_match(cell, '-?[0-9]{1,15}\.[0-9]{4,17}') then 'fine'
    else 'other' end;
create or replace temp macro decimals_kept(cell, decimal_mark) as case
    when cell is null then true
    when regexp_full_match(cell, '-?[0-9]{1,15}([.,][0-9]{1,2})?') then true
    when decimal_mark = '.' and regexp_full_match(cell, '-?[0-9]{1,15}\.[0-9]{3,17}')
    then length(rtrim(cell, '0')) - instr(cell, '.') <= 2
    else list_transform([(amount_parts(amount_bare(cell))).core],
        lambda core: length(rtrim(regexp_extract(number_text(core, decimal_mark), '\.([0-9]*)', 1), '0')) <= 2)[1] end;
create or replace temp macro full_year(y) as
    list_transform([try_cast(y as int)], lambda n: n + case when n < 70 then 2000 when n < 100 then 1900 else 0 end)[1];
create or replace temp macro calendar_day(y, m, d) as try_cast(printf('%04d-%02d-%02d', y, m, d) as date);
create or replace temp macro month_number(word) as [1, 2, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 11, 12][
    list_position(['jan', 'fev', 'feb', 'mar', 'avr', 'apr', 'mai', 'may', 'juin', 'jun', 'juil', 'jul', 'aou', 'aug',
        'sep', 'oct', 'nov', 'dec'], word[1:3 + (word[1:3] = 'jui')::int])];
create or replace temp macro date_bare(cell) as regexp_replace(regexp_replace(
    lower(strip_accents(trim(replace(replace(cell, chr(160), ' '), chr(8239), ' ')))),
    '^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(mon|tues?|wednes|thurs?|fri|satur|sun)(day)?)[\s,.]+', ''),
    '[ t]+(a )?[0-9]{1,2}[:h][0-9]{2}.*$', '');
create or replace temp macro date_numbers(bare) as regexp_extract(bare,
    '^([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{4}|[0-9]{2})$', ['a', 'b', 'y']);
-- parts of a date as text: a, b (day and month in either order) and y; or d, m and y
create or replace temp macro numbers_day(parts, order_is_mdy) as list_transform(
    [{'y': full_year(parts.y), 'a': try_cast(parts.a as int), 'b': try_cast(parts.b as int)}], lambda n: case
        when order_is_mdy then coalesce(calendar_day(n.y, n.a, n.b), calendar_day(n.y, n.b, n.a))
        else coalesce(calendar_day(n.y, n.b, n.a), calendar_day(n.y, n.a, n.b)) end)[1];
create or replace temp macro iso_day(p) as
    calendar_day(full_year(p.y), try_cast(p.m as int), try_cast(p.d as int));
create or replace temp macro named_day(p) as calendar_day(full_year(p.y), month_number(p.m), try_cast(p.d as int));
create or replace temp macro bare_date(bare, order_is_mdy) as case
    when regexp_full_match(bare, '[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}')
    then list_transform([regexp_extract(bare, '^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$', ['y', 'm', 'd'])],
        lambda p: iso_day(p))[1]
    when regexp_full_match(bare, '(19|20)[0-9]{6}(\.0+)?')
    then iso_day({'y': bare[1:4], 'm': bare[5:6], 'd': bare[7:8]})
    when regexp_full_match(bare, '[0-9]{8}')
    then iso_day({'y': bare[5:8], 'm': bare[3:4], 'd': bare[1:2]})
    when regexp_full_match(bare, '[0-3][0-9][01][0-9]{3}')
    then iso_day({'y': bare[5:6], 'm': bare[3:4], 'd': bare[1:2]})
    when regexp_full_match(bare, '[2-7][0-9]{4}([.,][0-9]+)?')
    then date '1899-12-30' + try_cast(bare[1:5] as int)
    when regexp_matches(bare, '^[0-9]{1,2}\s*[-/. ]\s*[0-9]{1,2}\s*[-/. ]')
    then list_transform([date_numbers(bare)], lambda n: numbers_day(n, order_is_mdy))[1]
    when regexp_matches(bare, '^[0-9]')
    then list_transform([regexp_extract(bare, '^([0-9]{1,2})(?:er|st|nd|rd|th)?[\s./-]*([a-z]{3,9})'
        || '[\s./,-]*([0-9]{4}|[0-9]{2})$', ['d', 'm', 'y'])], lambda p: named_day(p))[1]
    else list_transform([regexp_extract(bare,
        '^([a-z]{3,9})[\s./-]*([0-9]{1,2})(?:st|nd|rd|th)?[\s,./-]+([0-9]{4})$', ['m', 'd', 'y'])],
        lambda p: named_day(p))[1] end;
create or replace temp macro is_no_date(cell) as is_missing(cell) or regexp_full_match(trim(cell),
    '(0000-00-00|00/00/0000|0+|1900-01-0[01]|0?1/0?1/1900|19000101|1899-12-3[01])( 00:00:00)?');
create or replace temp macro cell_date(cell, order_is_mdy) as case
    when regexp_full_match(cell, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?')
    then try_cast(cell[1:10] as date)
    when cell is null or not regexp_matches(cell, '[0-9]') then null
    else list_transform([date_bare(cell)], lambda bare: bare_date(bare, order_is_mdy))[1] end;
-- a date without the hour beside it: what the distinct cells of a date column are counted by
create or replace temp macro date_key(cell) as case
    when length(cell) = 19 and cell[14:14] = ':' and cell[11:11] in (' ', 'T') then cell[1:10]
    else cell end;
create or replace temp macro is_true(cell) as
    regexp_full_match(lower(strip_accents(trim(cell))),
        '(oui|o|yes|y|vrai|true|1|1\.0|x|litige|dispute|disputed|en litige)');
create or replace temp macro plain_id(cell, is_float) as
    nullif(case when is_float then regexp_replace(trim(cell), '\.0+$', '')
                else trim(regexp_replace(cell, '[\s\x{a0}\x{202f}]+', ' ', 'g')) end, '');
create or replace temp macro text_cell(cell) as case
    when regexp_full_match(cell,
        '[^\s\x{a0}\x{202f}NnIiUu?–—-][^\s\x{a0}\x{202f}]*( [^\s\x{a0}\x{202f}]+)*') then cell
    when not is_missing(cell) then plain_id(cell, false) end;
"""
