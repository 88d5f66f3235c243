import type { PxDirection } from '../../../core/color/order.ts'

const quoted = (text: string) => `'${text}'`

/** The columns of `color_rows` that decide about the place of a row. */
export const PLACED_COLUMNS = [
  ...['sector', 'cusip', 'day', 'rank', 'px', 'bias', 'received_day', 'confidence', 'receipt_order', 'row_id'],
] as const

/** Quote types whose lowest price comes first when prices go by side; as in core/color/order.ts. */
const LOW_FIRST = `bias in ('OFFER', 'BWIC TALK')`

/**
 * The order of colors within a CUSIP as the list of an ORDER BY: the answers of colorOrder in core/color/order.ts.
 *
 * `direction` is a direction, or the SQL of one where it differs by row.
 */
export function orderSql(direction: PxDirection | { readonly sql: string }): string {
  return `day desc nulls last, rank, px is null, ${priceSql(direction)}, received_day desc nulls last, confidence desc, receipt_order, row_id`
}

function priceSql(direction: PxDirection | { readonly sql: string }): string {
  if (direction === 'highest') return 'px desc'
  if (direction === 'lowest') return 'px'
  const isBySide = typeof direction === 'string' ? 'true' : `${direction.sql} = ${quoted('by-side')}`
  const isLow =
    typeof direction === 'string' ? LOW_FIRST : `(${direction.sql} = ${quoted('lowest')} or (${isBySide} and ${LOW_FIRST}))`
  // Among rows of one rank, those whose highest price is first stand before the others.
  return `px is not null and ${isBySide} and ${LOW_FIRST}, case when ${isLow} then px else -px end`
}

/** Code units of UTF-16 in the order in which JavaScript compares texts: what lies behind the surrogates comes after them. */
function textOrderSql(column: string): string {
  return `case when strlen(${column}) = length(${column}) then ${column}
    else regexp_replace(${column}, '([\\x{E000}-\\x{FFFF}])', '\u{10ffff}\\1', 'g') end`
}

/**
 * Ranks and groups rows: common table expressions that end with `placed (id, parent_id, place, children_count)`.
 *
 * They read `kept`, which has `id`, `part` and PLACED_COLUMNS; each part, as a run, is grouped for itself. Places count from 0 in the order of placeColors in core/color/lineage.ts.
 */
export function placeSql(direction: PxDirection | { readonly sql: string }): string {
  return `numbered as (
    select id, part, cusip, sector, px is not null as is_priced,
      row_number() over (partition by part, cusip order by ${orderSql(direction)}) as number from kept),
  parents as (
    select part, cusip, count(*) as size, coalesce(min(number) filter (is_priced), 1) as number,
      arg_min(id, case when is_priced then number else number + 1000000000 end) as id,
      arg_min(sector, case when is_priced then number else number + 1000000000 end) as sector
    from numbered group by part, cusip),
  sited as (
    select *, sum(size) over (partition by part order by ${textOrderSql('sector')}, ${textOrderSql('cusip')}
      rows between unbounded preceding and current row) - size as site from parents),
  placed as (
    select numbered.id, case when numbered.number = sited.number then null else sited.id end as parent_id,
      (site + case when numbered.number = sited.number then 0 when numbered.number < sited.number then numbered.number
        else numbered.number - 1 end)::bigint as place,
      case when numbered.number = sited.number then size - 1 else 0 end::bigint as children_count
    from numbered join sited on numbered.part = sited.part and numbered.cusip = sited.cusip)`
}
