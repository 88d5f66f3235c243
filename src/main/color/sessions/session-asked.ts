import { randomUUID } from 'node:crypto'
import type { SessionCommandWire } from '../../../contract/color-sessions.ts'
import { type ColorKey, ROW_FIELDS } from '../../../core/color/color-fields.ts'
import { type ColorRow, rankingPrice } from '../../../core/color/color-row.ts'
import { cellProblem } from '../../../core/color/row-problems.ts'
import type { ColorSession } from '../../../core/color/session.ts'
import type { SessionCommand } from '../../../core/color/session-command.ts'
import type { Condition } from '../../../core/rules/condition.ts'
import { fieldOf } from '../../../core/rules/evaluate.ts'
import type { Clock } from '../../../platform/clock.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook, ConfigEntity } from '../config/config-book.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import type { Entitled } from '../entitled.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import { expectUsable } from '../rules/rules-check.ts'
import { inSlices } from './in-slices.ts'
import type { AppliedRule, KeptCommand, KeptIds } from './session-entries.ts'
import type { SessionFiles } from './session-files.ts'
import { refuse } from './session-refusal.ts'
import { rowsAsked } from './session-rows.ts'

/** A command with all that it needs, and how to have it in a form for the journal. */
export interface Asked {
  readonly command: SessionCommand
  /** Writes what is too long for the journal; called once the command is known to be done. */
  keep(): Promise<KeptCommand>
}

interface AskedParts {
  readonly files: SessionFiles
  readonly uploads: UploadsBuffer
  readonly config: Pick<ConfigBook, 'list' | 'find'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/** Makes commands whole: looks up rows, rules and uploads that they name. */
export interface Asking {
  /** Null where it comes to nothing. Fails: SESSION_REFUSED, BUFFER_UNKNOWN, UPLOADS_TAKEN, CONFIG_UNKNOWN, CONFIG_INVALID. */
  whole(session: ColorSession, wire: SessionCommandWire, entitled: Entitled): Promise<Asked | null>
  /** A command as the journal has it. Fails: SESSION_REFUSED where its file is gone. */
  again(kept: KeptCommand): Promise<SessionCommand>
}

/** Longer lists of rows stand in a file. */
const IDS_IN_JOURNAL = 500

export function createAsking({ files, uploads, config, clock }: AskedParts): Asking {
  const contentOf = async (file: string) => (await files.read(file)) ?? refuse({ kind: 'file-damaged', file })
  const keepIds = async (rowIds: readonly string[]): Promise<KeptIds> =>
    rowIds.length <= IDS_IN_JOURNAL ? rowIds : { file: await files.write(rowIds), count: rowIds.length }

  const importOf = async (session: ColorSession, named: readonly string[] | null): Promise<Asked> => {
    const here = new Set(session.settings.imports.flatMap(entry => entry.uploads))
    const ids = named ? [...new Set(named)] : uploads.waiting().flatMap(({ id }) => (here.has(id) ? [] : [id]))
    if (ids.length === 0) refuse({ kind: 'nothing-waiting' })
    uploads.expectWaiting(ids)
    const parts = await Promise.all(
      ids.map(async upload => ({ upload, name: uploads.find(upload)?.name ?? upload, rows: await uploads.rows(upload) })),
    )
    const keep = async (): Promise<KeptCommand> => ({
      kind: 'import',
      parts: await Promise.all(
        parts.map(async ({ upload, name, rows }) => ({ upload, name, rows: rows.length, file: await files.write(rows) })),
      ),
    })
    return { command: { kind: 'import', parts }, keep }
  }
  const whereOf = async (session: ColorSession, when: Condition, entitled: Entitled): Promise<Asked | null> => {
    expectUsable({ name: '', when })
    const met = await inSlices(rowsAsked(session, { view: 'working', when, text: '' }, entitled), clock)
    const rowIds = met.map(({ row }) => row.rowId)
    if (rowIds.length === 0) return null
    return { command: { kind: 'delete', rowIds }, keep: async () => ({ kind: 'delete', rowIds: await keepIds(rowIds), when }) }
  }

  return {
    async whole(session, wire, entitled) {
      const own = (rowIds: readonly string[]) => {
        const hidden = rowIds.find(rowId => !entitled(session.rows.get(rowId)?.row.assetClass ?? null))
        // What one may not see is not there: the refusal is that of a row that nobody has.
        if (hidden !== undefined && session.rows.has(hidden)) refuse({ kind: 'unknown-row', rowId: hidden })
      }
      switch (wire.kind) {
        case 'import':
          return importOf(session, wire.uploads)
        case 'add': {
          const row = rowOfCells(wire.cells)
          return asIs({ kind: 'add', row })
        }
        case 'delete-where':
          return whereOf(session, wire.when, entitled)
        case 'apply-rules': {
          const rules = rulesOf(config, wire.rules)
          return asIs({ kind: 'apply-rules', rules, limits: limitsInForce(config) })
        }
        case 'delete': {
          const { rowIds } = wire
          own(rowIds)
          return { command: wire, keep: async () => ({ kind: 'delete', rowIds: await keepIds(rowIds), when: null }) }
        }
        case 'bring-back': {
          own(wire.rowIds)
          return { command: wire, keep: async () => ({ kind: 'bring-back', rowIds: await keepIds(wire.rowIds) }) }
        }
        case 'edit':
          own([wire.rowId])
          return asIs(wire)
        case 'note':
          if (wire.rowId !== null) own([wire.rowId])
          return asIs(wire)
        default:
          return asIs(wire)
      }
    },
    async again(kept) {
      if (kept.kind === 'import') {
        const part = async ({ name, upload, file }: (typeof kept.parts)[number]) => ({
          ...{ name, upload, rows: (await contentOf(file)) as readonly ColorRow[] },
        })
        return { kind: 'import', parts: await Promise.all(kept.parts.map(part)) }
      }
      if (kept.kind !== 'delete' && kept.kind !== 'bring-back') return kept
      const { kind, rowIds } = kept
      return { kind, rowIds: 'file' in rowIds ? ((await contentOf(rowIds.file)) as readonly string[]) : rowIds }
    },
  }
}

function asIs(command: SessionCommand & KeptCommand): Asked {
  return { command, keep: async () => command }
}

/** Rules that somebody named run whether they are active or not. Fails: CONFIG_UNKNOWN, SESSION_REFUSED. */
function rulesOf(config: Pick<ConfigBook, 'list' | 'find'>, ids: readonly string[] | null): readonly AppliedRule[] {
  const found = ids
    ? ids.map(id => config.find('rules', id) ?? fail('CONFIG_UNKNOWN', { module: 'rules', id }))
    : config.list('rules').filter(({ value }) => value.active)
  if (found.length === 0) refuse({ kind: 'no-rules' })
  return found.map(appliedRule)
}

function appliedRule({ id, name, revision, value: { priority, active, when } }: ConfigEntity<'rules'>): AppliedRule {
  return { id, name, priority, active, when, revision }
}

/** A row by hand. What is not said follows: the received day is the day, nobody is surer than usual. */
function rowOfCells(cells: Readonly<Record<string, string | null>>): ColorRow {
  const said: Partial<Record<ColorKey, string>> = {}
  for (const [name, cell] of Object.entries(cells)) {
    const field = fieldOf(ROW_FIELDS, name) as (typeof ROW_FIELDS)[number] | null
    if (!field) refuse({ kind: 'unknown-field', field: name })
    const text = cell?.trim() ?? ''
    if (field.key === null || text === '') continue
    const problem = cellProblem(field, text)
    if (problem) refuse({ kind: problem, field: field.name, found: text })
    said[field.key] = text
  }
  const text = (key: ColorKey) => said[key] ?? ''
  const [bid, ask] = [said.bid ?? null, said.ask ?? null]
  return {
    ...{ rowId: `hand-${randomUUID()}`, messageId: text('messageId'), ticker: text('ticker'), sector: text('sector') },
    ...{ cusip: text('cusip'), date: text('date'), priceLevel: said.priceLevel ?? null, bid, ask },
    ...{ px: rankingPrice(bid, ask) ?? said.px ?? null, source: text('source'), bias: text('bias'), rank: 0 },
    ...{ covPrice: said.covPrice ?? null, confidence: Number(said.confidence ?? USUAL_CONFIDENCE) },
    ...{ date1: said.date1 ?? text('date'), received: 0, securityName: said.securityName ?? null },
    ...{ bwicCover: said.bwicCover ?? null, assetClass: said.assetClass ?? null },
  }
}

const USUAL_CONFIDENCE = 5
