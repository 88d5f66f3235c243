import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../rules/condition.ts'
import { USUAL_RANKS } from './bias-rank.ts'
import type { ColorRow } from './color-row.ts'
import { placeColors } from './lineage.ts'
import { colorOrder, PX_DIRECTIONS } from './order.ts'
import { type ColorSession, createSession, foldCommands, runCommand } from './session.ts'
import type { SessionCommand } from './session-command.ts'
import { shownColors } from './session-view.ts'

const SETUP = { ranks: USUAL_RANKS, direction: 'highest' } as const

const usual: ColorRow = {
  ...{ rowId: 'x', messageId: '90071992547409931', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: '037833100' },
  ...{ date: '2026-11-20', priceLevel: null, bid: null, ask: null, px: null, source: 'DEALER A', bias: 'BID', rank: 3 },
  ...{ covPrice: null, confidence: 5, date1: '2026-11-20', received: 0, securityName: null, bwicCover: null, assetClass: null },
}
const ruleAbove = (value: string): Rule => ({
  ...{ id: 'rule', name: 'Rule', priority: 1, active: false },
  when: { kind: 'test', field: 'PX', operator: 'greater', value },
})

const CUSIPS = ['037833100', '594918104', '38259P508', '037833101'] as const
const ROW_IDS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6~2', 'r1~2'] as const
const PRICES = [null, '98', '98.50', '99', 'abc'] as const
const rowId = fc.constantFrom(...ROW_IDS)
const rowIds = fc.array(rowId, { minLength: 1, maxLength: 4 })
const anyRow = fc
  .tuple(
    fc.nat(6),
    fc.constantFrom(...CUSIPS),
    fc.constantFrom('BID', 'offer', 'BWIC TALK', 'odd'),
    fc.constantFrom(...PRICES),
    fc.nat(2),
  )
  .map(([id, cusip, bias, px, day]) => ({ ...usual, rowId: `r${id}`, cusip, bias, px, date: `2026-11-1${day}`, received: id }))
const anyCell = fc.constantFrom(
  ...([
    ['CUSIP', '037833100'],
    ['CUSIP', '38259p508'],
    ['BID', '99.25'],
    ['BID', ''],
    ['ASK', '97'],
    ['BIAS', 'TRADE CONFIRM'],
  ] as const),
  ...([
    ['RANK', '1'],
    ['DATE', '2026-11-20'],
    ['DATE', 'soon'],
    ['PX', '70'],
    ['SECTOR', 'ABS'],
    ['CONFIDENCE', '9'],
  ] as const),
)
const anyCommand: fc.Arbitrary<SessionCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(anyRow, { maxLength: 6 })
      .map(rows => ({ kind: 'import', parts: [{ name: 'f', upload: 'u', rows }] }) as const),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(rowId, anyCell).map(([id, [field, text]]) => ({ kind: 'edit', rowId: id, field, text }) as const),
  },
  { weight: 3, arbitrary: rowIds.map(some => ({ kind: 'delete', rowIds: some }) as const) },
  { weight: 1, arbitrary: fc.constantFrom('u', 'first').map(one => ({ kind: 'drop-uploads', uploads: [one] }) as const) },
  { weight: 2, arbitrary: rowIds.map(some => ({ kind: 'bring-back', rowIds: some }) as const) },
  { weight: 1, arbitrary: anyRow.map(one => ({ kind: 'add', row: one }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('98', '98.5').map(px => ({ kind: 'apply-rules', rules: [ruleAbove(px)] }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom(...PX_DIRECTIONS).map(direction => ({ kind: 'direction', direction }) as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'undo' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'redo' } as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ kind: 'note', text: 'n', rowId: null } as const, { kind: 'publish', runId: 'r' } as const),
  },
)

/** Every row id is there from the beginning, so that most commands find their rows. */
const anySequence = fc
  .tuple(
    fc.array(anyRow, { minLength: 5, maxLength: 7, size: 'max' }),
    fc.array(anyCommand, { minLength: 1, maxLength: 16, size: 'max' }),
  )
  .map(([rows, commands]): SessionCommand[] => {
    const first = rows.map((one, k) => ({ ...one, rowId: `r${k}`, source: `DEALER ${k}` }))
    return [{ kind: 'import', parts: [{ name: 'f', upload: 'first', rows: first }] }, ...commands]
  })

/** Every CUSIP of the working set has one parent, which is the first priced row in order, and the counts agree. */
function checkLineage({ rows, groups, settings }: ColorSession): void {
  const working = [...rows.values()].filter(held => !held.leftOut).map(held => held.row)
  const order = colorOrder(settings.direction)
  let placed = 0
  for (const [cusip, group] of groups) {
    const parents = group.filter(one => one.parentRowId === null)
    if (parents.length !== 1 || group[0] !== parents[0]) throw new Error(`${cusip} has ${parents.length} parents`)
    const parent = parents[0]!
    if (parent.childrenCount !== group.length - 1) throw new Error(`${cusip} counts ${parent.childrenCount} children`)
    for (const one of group) {
      if (one.row.cusip !== cusip || rows.get(one.row.rowId)?.row !== one.row) throw new Error(`${one.row.rowId} is in ${cusip}`)
      if (one !== parent && one.parentRowId !== parent.row.rowId) throw new Error(`${one.row.rowId} has another parent`)
      const isBetter = order(one.row, parent.row) < 0
      if (isBetter && one.row.px !== null && one.row.px !== 'abc') throw new Error(`${one.row.rowId} comes before its parent`)
    }
    placed += group.length
  }
  if (placed !== working.length) throw new Error(`${working.length} rows work, ${placed} are placed`)
}

const byId = (a: { readonly row: ColorRow }, b: { readonly row: ColorRow }) => (a.row.rowId < b.row.rowId ? -1 : 1)

/** A session without its way back and its place in the order of rows, to compare what is seen of it. */
const seen = (session: ColorSession) => ({
  rows: new Map([...session.rows].sort(([a], [b]) => (a < b ? -1 : 1))),
  shown: shownColors(session),
  settings: session.settings,
})

describe('any sequence of commands', () => {
  test('leaves each CUSIP with exactly one parent after every command', () => {
    const done = new Map<string, number>()
    fc.assert(
      fc.property(anySequence, commands => {
        let session = createSession(SETUP)
        for (const command of commands) {
          const next = runCommand(session, command)
          if (!next.ok) continue
          session = next.value.session
          done.set(command.kind, (done.get(command.kind) ?? 0) + 1)
          checkLineage(session)
        }
        const rows = [...session.rows.values()].filter(held => !held.leftOut).map(held => held.row)
        expect([...session.groups.values()].flat().toSorted(byId)).toEqual(
          [...placeColors(rows, session.settings.direction)].toSorted(byId),
        )
      }),
      { numRuns: 10_000, seed: 5 },
    )
    // The property says nothing about commands that never get through.
    for (const kind of [
      'import',
      'edit',
      'delete',
      'bring-back',
      'add',
      'apply-rules',
      'direction',
      'undo',
      'redo',
      'publish',
      'drop-uploads',
    ])
      expect(done.get(kind), kind).toBeGreaterThan(300)
  })

  test('folds to the live session; undone to the beginning it is new, and redone it is itself', () => {
    fc.assert(
      fc.property(anySequence, commands => {
        const journal: SessionCommand[] = []
        let live = createSession(SETUP)
        for (const command of commands.filter(one => one.kind !== 'publish')) {
          const next = runCommand(live, command)
          if (!next.ok) continue
          live = next.value.session
          journal.push(command)
        }
        const read = JSON.parse(JSON.stringify(journal)) as SessionCommand[]
        expect(foldCommands(SETUP, read)).toEqual(live)
        const states = [live]
        const views = [seen(live)]
        for (let next = runCommand(live, { kind: 'undo' }); next.ok; next = runCommand(states.at(-1)!, { kind: 'undo' })) {
          states.push(next.value.session)
          views.push(seen(next.value.session))
        }
        expect(seen(states.at(-1)!)).toEqual(seen(createSession(SETUP)))
        for (let at = states.length - 2; at >= 0; at--) {
          const next = runCommand(states[at + 1]!, { kind: 'redo' })
          expect(next.ok && seen(next.value.session)).toEqual(views[at])
        }
        // A session that was given out never changes.
        expect(states.map(seen)).toEqual(views)
      }),
      { numRuns: 1_000, seed: 5 },
    )
  })
})
