import type { ColorQuery } from '../../../contract/color-search.ts'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { type SecurityId, securityIdOf } from '../../../core/color/security-ids.ts'
import { normalText } from '../../../core/rules/field.ts'
import { conditionSql, normalSql } from '../../../core/rules/to-sql.ts'
import type { Value } from '../../../platform/data-store.ts'
import { fail } from '../../fail.ts'
import { comparedSql } from '../engine/color-sql.ts'
import type { Tranches } from './tranches.ts'

/** How a text was understood. */
export interface Reading {
  readonly kind: 'cusip' | 'isin' | 'message' | 'ticker' | 'dealer' | 'sector' | 'name' | 'nothing'
  readonly text: string
  readonly cusips: number
}

/** What of the rows is wanted, as SQL over color_rows. */
export interface Where {
  readonly sql: string
  readonly params: readonly Value[]
  readonly readings: readonly Reading[]
}

interface Part {
  readonly sql: string
  readonly params: readonly Value[]
}

/** One value a column must have one of. A list goes in as one text: a statement has room for so many values only. */
export function anyOf(column: string, values: readonly string[]): Part {
  if (values.length === 1) return { sql: `${column} = ?`, params: [values[0]!] }
  return { sql: `${column} in (select unnest(string_split(?, chr(31))))`, params: [values.join('\u001f')] }
}

const NEVER: Part = { sql: 'false', params: [] }

function eitherOf(parts: readonly Part[]): Part {
  if (parts.length === 0) return NEVER
  return { sql: `(${parts.map(({ sql }) => sql).join(' or ')})`, params: parts.flatMap(({ params }) => params) }
}

function ofId(id: SecurityId): Part {
  // What an id begins with is a range, so that blocks of the table without it are passed over.
  if (id.kind === 'message') return { sql: `(message_id >= ? and message_id < ?)`, params: [id.id, `${id.id}:`] }
  return anyOf('cusip', [id.cusip])
}

/** What one word, or the whole text, is looked for in. */
function ofWord(word: string, tranches: Tranches): { readonly part: Part; readonly readings: readonly Reading[] } {
  const id = securityIdOf(word)
  if (id) {
    const cusips = id.kind === 'message' ? 0 : 1
    return { part: ofId(id), readings: [{ kind: id.kind, text: id.kind === 'message' ? id.id : id.cusip, cusips }] }
  }
  const { cusips, dealers, kinds } = tranches.find(word)
  const parts = [
    ...(cusips.length > 0 ? [anyOf('cusip', cusips)] : []),
    ...(dealers.length > 0 ? [anyOf('source', dealers)] : []),
  ]
  const readings: Reading[] = [
    ...kinds.map(({ kind, cusips: count }): Reading => ({ kind, text: word, cusips: count })),
    ...dealers.map((text): Reading => ({ kind: 'dealer', text, cusips: 0 })),
  ]
  return { part: eitherOf(parts), readings: readings.length > 0 ? readings : [{ kind: 'nothing', text: word, cusips: 0 }] }
}

/** A name of several words may stand whole in one cell; else every word must be found somewhere. */
function ofText(text: string, tranches: Tranches): { readonly parts: readonly Part[]; readonly readings: readonly Reading[] } {
  const plain = text.trim().replaceAll(/\s+/g, ' ')
  if (plain === '') return { parts: [], readings: [] }
  const whole = ofWord(plain, tranches)
  if (whole.part !== NEVER || !plain.includes(' ')) return { parts: [whole.part], readings: whole.readings }
  const words = plain.split(' ').map(word => ofWord(word, tranches))
  return { parts: words.map(({ part }) => part), readings: words.flatMap(({ readings }) => readings) }
}

function conditionPart(when: ColorQuery['when']): Part[] {
  if (!when) return []
  try {
    return [{ sql: conditionSql(when, COLOR_FIELDS, comparedSql), params: [] }]
  } catch (fault) {
    if (fault instanceof RangeError) fail('CONFIG_INVALID', { reason: fault.message })
    throw fault
  }
}

/**
 * The rows that a query means, among published ones of runs whose output stands.
 *
 * `gone` are the numbers of runs that were set aside; `classes` the asset classes that the asker may see, null for all.
 * Fails: CONFIG_INVALID for a condition that cannot be used.
 */
export function whereOf(
  query: ColorQuery,
  { tranches, gone, classes }: { tranches: Tranches; gone: readonly number[]; classes: readonly string[] | null },
): Where {
  const text = ofText(query.text, tranches)
  const matching: Part[] = [
    ...text.parts,
    ...(query.cusips.length > 0
      ? [
          anyOf(
            'cusip',
            query.cusips.map(cusip => cusip.trim().toUpperCase()),
          ),
        ]
      : []),
    ...(query.sources.length > 0 ? [anyOf('source', query.sources)] : []),
    ...(query.sectors.length > 0 ? [anyOf('sector', query.sectors)] : []),
    ...(query.biases.length > 0 ? [anyOf('bias', query.biases)] : []),
    ...(query.assetClasses.length > 0 ? [anyOf('asset_class', query.assetClasses)] : []),
    ...(query.processing === 'any' ? [] : [{ sql: 'processing_type = ?', params: [query.processing.toUpperCase()] }]),
    ...(query.from ? [{ sql: 'day >= cast(? as date)', params: [query.from] }] : []),
    ...(query.to ? [{ sql: 'day <= cast(? as date)', params: [query.to] }] : []),
    ...(query.priceFrom === null ? [] : [{ sql: 'px >= cast(? as decimal(38, 12))', params: [String(query.priceFrom)] }]),
    ...(query.priceTo === null ? [] : [{ sql: 'px <= cast(? as decimal(38, 12))', params: [String(query.priceTo)] }]),
    ...(query.parentsOnly ? [{ sql: 'is_parent', params: [] }] : []),
    ...conditionPart(query.when),
  ]
  const standing: Part[] = [
    { sql: 'excluded_by is null', params: [] },
    ...(gone.length > 0 ? [{ sql: `run_number not in (${gone.join(', ')})`, params: [] }] : []),
    ...(classes === null ? [] : [classes.length > 0 ? anyOf(normalSql('asset_class'), classes.map(normalText)) : NEVER]),
  ]
  const and = (parts: readonly Part[]): Part => ({
    sql: parts.map(({ sql }) => sql).join(' and '),
    params: parts.flatMap(({ params }) => params),
  })
  const all = and([...standing, ...matching])
  if (!query.hierarchy || matching.length === 0) return { ...all, readings: text.readings }
  const within = and(standing)
  return {
    sql: `${within.sql} and cusip in (select cusip from color_rows where ${all.sql})`,
    params: [...within.params, ...all.params],
    readings: text.readings,
  }
}
