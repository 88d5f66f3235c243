import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import type { OptionChain } from '../../src/core/options/chain.ts'
import type { Finding } from '../../src/core/options/detect/finding.ts'
import { type Alert, scan, startState } from '../../src/core/options/detect/scan.ts'
import { completeSettings } from '../../src/core/options/detect/settings.ts'
import { detectorNamed } from '../../src/core/options/detect/table.ts'
import { readChainFile } from '../../src/workers/jobs/chain-file.ts'

const folder = join(process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'), 'options')
const hasChains = existsSync(folder)
const page = resolve(import.meta.dirname, '../../docs/alerts.md')

/** Recorded moments, with the rate that money cost then. */
const MOMENTS = [
  { name: 'GOOG, 24 December 2015, 10:00', file: 'derived/goog_chain_20151224_1000.csv.gz', rate: 0.005 },
  { name: 'GOOG, 24 December 2015, 11:00', file: 'derived/goog_chain_20151224_1100.csv.gz', rate: 0.005 },
  { name: 'SPY, pulled on 2 August 2020', file: 'spy/2020-08-02_SPY_Options_Data_25_expiries.csv', rate: 0.002 },
] as const

// A moment is there once, so nothing can last three scans in it.
const once = completeSettings({ gates: { persistScans: 1 } })
const { costPerContract, costPerShare } = once.gates

function look(file: string, rate: number, settings = once) {
  const found = readChainFile({ path: join(folder, file), fixed: {} }, () => undefined)
  if (found.kind !== 'chain' || !found.reading.chain) throw new Error(`${file} is no chain`)
  const { chain } = found.reading
  const analysis = analyseChain(chain, { usualRate: rate, staleSeconds: Number.POSITIVE_INFINITY, scheme: 'fast' })
  return { chain, fired: scan(startState(), analysis, settings).fired }
}

/**
 * What is left of a trade after costs when the underlying ends where it is worst, from bids and asks alone.
 *
 * Written apart from the detectors: payoffs at every strike and far out, no rule of theirs.
 */
function worstOutcome(chain: OptionChain, { legs }: Finding): number {
  const strikes = legs.flatMap(({ row }) => (row < 0 ? [] : [chain.strike[row]!]))
  const ends = [0, ...strikes, 10 * Math.max(...strikes)]
  let paid = 0
  for (const { row, action, units } of legs) {
    const price =
      row < 0 ? (action === 'buy' ? chain.spotAsk : chain.spotBid) : action === 'buy' ? chain.ask[row]! : chain.bid[row]!
    paid += (action === 'buy' ? price : -price) * units
    paid += units * (row < 0 ? costPerShare : costPerContract / chain.multiplier)
  }
  const payoff = (end: number) =>
    legs.reduce((sum, { row, action, units }) => {
      const worth = row < 0 ? end : Math.max(0, chain.side[row]! * (end - chain.strike[row]!))
      return sum + (action === 'buy' ? units : -units) * worth
    }, 0)
  return Math.min(...ends.map(payoff)) - paid
}

const isArbitrage = ({ detector }: Finding) => detectorNamed(detector)?.kind === 'arbitrage'

/** The breach that explains an alert: one whose worst outcome is a profit; null where the alert is to be counted as false. */
function explanation(chain: OptionChain, { findings }: Alert): { finding: Finding; edge: number } | null {
  const proven = findings.filter(isArbitrage).map(finding => ({ finding, edge: worstOutcome(chain, finding) }))
  return proven.toSorted((a, b) => b.edge - a.edge).find(({ edge }) => edge > 0) ?? null
}

function contract(chain: OptionChain, row: number): string {
  const { date } = chain.expiries.find(({ to }) => row < to)!
  return `${date} ${chain.strike[row]} ${chain.side[row]! > 0 ? 'C' : 'P'}`
}

function line(name: string, chain: OptionChain, alert: Alert): string {
  const proof = explanation(chain, alert)
  const legs = (proof?.finding ?? alert.findings[0]!).legs.map(({ row, action, units, price }) => {
    const what = row < 0 ? chain.underlying : contract(chain, row)
    return `${action} ${units === 1 ? '' : `${units.toFixed(2)} × `}${what} at ${price.toFixed(2)}`
  })
  const whole = alert.others > 0 ? `${alert.others + 1} contracts` : contract(chain, alert.suspect)
  const rule = `${proof?.finding.detector ?? alert.detector}, ${proof?.finding.rule ?? alert.findings[0]!.rule}`
  return `| ${name} | ${whole} | ${alert.severity} | ${rule} | ${legs.join('; ')} | ${proof ? proof.edge.toFixed(2) : 'none'} | ${proof ? 'explained' : 'false'} |`
}

function tableOfAlerts(): string {
  const lines: string[] = []
  const sums: string[] = []
  for (const { name, file, rate } of MOMENTS) {
    const { chain, fired } = look(file, rate)
    const explained = fired.filter(alert => explanation(chain, alert) !== null).length
    const precision = fired.length === 0 ? '–' : `${((100 * explained) / fired.length).toFixed(0)} %`
    const legacy = look(file, rate, completeSettings({ gates: { persistScans: 1 }, detectors: { legacy: { on: true } } }))
    const old = legacy.fired.filter(({ detector }) => detector === 'legacy').length
    sums.push(
      `| ${name} | ${chain.strike.length} | ${fired.length} | ${explained} | ${fired.length - explained} | ${precision} | ${old} |`,
    )
    lines.push(...fired.map(alert => line(name, chain, alert)))
  }
  return [
    '| moment | contracts | alerts | explained | false | precision | legacy detector |',
    '|---|---|---|---|---|---|---|',
    ...sums,
    '',
    '| moment | at fault | severity | rule | trade at executable quotes | worst outcome a share, after costs | counted as |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

const BEGIN = '<!-- recomputed by tests/options/recorded-alerts.test.ts -->'
const END = '<!-- end of what is recomputed -->'

test.skipIf(!hasChains)(
  'docs/alerts.md lists what the detectors raise on the recorded chains, with the trade that explains each',
  () => {
    const text = readFileSync(page, 'utf8')
    const [before, rest = ''] = text.split(BEGIN)
    const [written = '', after = ''] = rest.split(END)
    const now = tableOfAlerts()
    if (process.env.CONTANGO_WRITE_DOCS === '1') writeFileSync(page, `${before}${BEGIN}\n\n${now}\n\n${END}${after}`)
    else expect(written.trim()).toBe(now)
  },
)

test.skipIf(!hasChains)(
  'every arbitrage that is raised there is one: its worst outcome, worked out apart, is the edge that it claims',
  () => {
    let proven = 0
    for (const { file, rate } of MOMENTS) {
      const { chain, fired } = look(file, rate)
      for (const { findings } of fired)
        for (const finding of findings.filter(isArbitrage)) {
          // A calendar's later option may be worth more than its payoff now, never less: the worst outcome is the same trade held to then.
          expect(worstOutcome(chain, finding)).toBeCloseTo(finding.edge, 6)
          expect(finding.edge).toBeGreaterThan(0)
          proven++
        }
    }
    expect(proven).toBeGreaterThan(100)
  },
)

test.skipIf(!hasChains)('a quote of GOOG made 30 % cheap is found among 2,192 real ones, and alone', () => {
  const { chain } = look(MOMENTS[1].file, MOMENTS[1].rate)
  const near = chain.expiries.findIndex(({ date }) => date === '2016-01-15')
  const { from, to } = chain.expiries[near]!
  const rows = Array.from({ length: to - from }, (_, k) => from + k).filter(
    row => chain.side[row]! > 0 && chain.strike[row]! >= 735 && chain.strike[row]! <= 765 && chain.bid[row]! > 4,
  )
  expect(rows.length).toBeGreaterThan(3)
  for (const row of rows) {
    const bid = chain.bid.slice()
    const ask = chain.ask.slice()
    bid[row]! *= 0.7
    ask[row] = Math.min(ask[row]! * 0.7, bid[row]! * 1.05)
    const analysis = analyseChain(
      { ...chain, bid, ask },
      { usualRate: 0.005, staleSeconds: Number.POSITIVE_INFINITY, scheme: 'fast' },
    )
    const { fired } = scan(startState(), analysis, once)
    expect(fired.map(({ key }) => key)).toEqual([contract(chain, row)])
  }
})
