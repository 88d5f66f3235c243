import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type AnalysisOptions, modelOf } from '../../core/options/analyse-chain.ts'
import { ROW_STATUS } from '../../core/options/chain.ts'
import type { ChainAnalysis, ExpiryAnalysis } from '../../core/options/chain-analysis.ts'
import { type Alert, scan, startState } from '../../core/options/detect/scan.ts'
import { completeSettings } from '../../core/options/detect/settings.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { type ChainFileRead, readChainFile } from '../options/read-chain-file.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { Outcome } from './command-context.ts'
import type { OptionsCommandContext } from './options-command.ts'
import { asTable, instant } from './output.ts'

const USUAL_RATE = 0.04
const PERCENT = 100
/** A file is one look at a chain: a breach cannot last, and a quote is as old as the file says. */
const ONE_LOOK = completeSettings({ gates: { persistScans: 1 } })

/**
 * Reads a chain from a file and prints all that it says: forwards, volatilities, Greeks, smiles, arbitrage and anomalies.
 *
 * No host is asked, and nothing is kept.
 */
export async function runOptionsChain(args: Arguments, { worker, signal }: OptionsCommandContext): Promise<Outcome> {
  const given = args.given[1]
  if (given === undefined) throw new UsageError('options chain needs a file: npx contango options chain FILE.csv --json')
  const path = resolve(given)
  const options = analysisOptions(args)
  await access(path, constants.R_OK).catch(fault => {
    throw new UsageError(`${path} cannot be read (${(fault as NodeJS.ErrnoException).code}).`)
  })
  const pool = new WorkerPool<Jobs>(worker, 1)
  try {
    const read = await readChainFile(pool, { path, file: path, signal })
    if (!read?.reading.chain)
      throw new UsageError(
        `${path} is no chain of options: its first line must name the columns, as expiration,strike,right,bid,ask or a contract symbol.`,
      )
    const analysis = await pool.run('options.analyse', { chain: read.reading.chain, options }, { signal })
    const { fired } = scan(startState(), analysis, ONE_LOOK)
    return {
      json: asJson({ path, read, analysis, fired, options }),
      text: asText({ path, read, analysis, fired, options }),
      code: 0,
    }
  } finally {
    await pool.close()
  }
}

function analysisOptions({ flags }: Arguments): AnalysisOptions {
  const word = flags.get('rate')?.[0]
  const rate = word === undefined ? USUAL_RATE : Number(word) / PERCENT
  if (!(Math.abs(rate) <= 1)) throw new UsageError(`--rate is a percentage between -100 and 100, as 4.25; it was '${word}'.`)
  const scheme = (flags.get('scheme')?.[0] ?? 'accurate') as AnalysisOptions['scheme']
  return { usualRate: rate, staleSeconds: Number.POSITIVE_INFINITY, scheme }
}

interface Answer {
  readonly path: string
  readonly read: ChainFileRead
  readonly analysis: ChainAnalysis
  readonly fired: readonly Alert[]
  readonly options: AnalysisOptions
}

const rowOf = ({ chain }: ChainAnalysis, row: number) => ({
  expiry: chain.expiries.find(({ to }) => row < to)?.date ?? null,
  strike: chain.strike[row] ?? null,
  right: chain.side[row]! > 0 ? 'call' : 'put',
})

function asJson({ path, read, analysis, fired, options }: Answer): unknown {
  const { chain, expiries, arbitrage } = analysis
  const { reading } = read
  return {
    file: path,
    underlying: chain.underlying,
    asOf: instant(chain.asOf),
    exercise: chain.exercise,
    model: modelOf(analysis),
    clock: 'ACT/365F',
    usualRate: options.usualRate,
    scheme: options.scheme,
    multiplier: chain.multiplier,
    tickSize: chain.tickSize,
    spot: { bid: chain.spotBid, ask: chain.spotAsk },
    contracts: chain.strike.length,
    byStatus: byStatus(analysis),
    fileRows: { read: reading.read, accepted: reading.accepted, refused: reading.refused, byRule: reading.byRule },
    notes: read.notes,
    problems: reading.problems,
    expiries: expiries.map((one, e) => ({ ...one, settlesAt: instant(chain.expiries[e]!.settlesAt) })),
    arbitrage,
    anomalies: fired.map(alert => ({
      key: alert.key,
      detector: alert.detector,
      severity: alert.severity,
      contract: alert.suspect >= 0 ? rowOf(analysis, alert.suspect) : null,
      findings: alert.findings.map(({ rows, legs, expiry, ...finding }) => ({
        ...finding,
        expiry: chain.expiries[expiry]?.date ?? null,
        contracts: rows.map(row => rowOf(analysis, row)),
        legs: legs.map(({ row, ...leg }) => ({ ...leg, contract: row >= 0 ? rowOf(analysis, row) : null })),
      })),
    })),
    rows: Array.from(chain.strike, (_, i) => chainRow(analysis, i)),
  }
}

function chainRow(analysis: ChainAnalysis, i: number) {
  const { chain, status, vol, bidVol, askVol, fitVol, greeks, second } = analysis
  const columns = { vol, bidVol, askVol, fitVol, ...greeks, ...second }
  return {
    ...rowOf(analysis, i),
    status: ROW_STATUS[status[i]!],
    bid: chain.bid[i],
    ask: chain.ask[i],
    ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[i]])),
  }
}

function byStatus({ status }: ChainAnalysis): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const code of status) counts[ROW_STATUS[code]!] = (counts[ROW_STATUS[code]!] ?? 0) + 1
  return counts
}

const fixed = (value: number, digits: number) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null)
const percent = (value: number) => fixed(PERCENT * value, 2)
const REASONS: Readonly<Record<NonNullable<ExpiryAnalysis['reason']>, string>> = {
  'too-few-quotes': 'too few good quotes for a smile',
  'no-forward': 'neither parity nor the underlying gives a forward',
  expired: 'expired',
}
const NAMES = [
  'expiry',
  'days',
  'forward',
  'rate %',
  'yield %',
  'pairs',
  'atm %',
  'rr25 %',
  'bf25 %',
  'skew',
  'fit %',
  'quotes',
  '',
]

function asText({ path, read, analysis, fired }: Answer): string {
  const { chain, expiries, arbitrage } = analysis
  const rows = expiries.map(one => [
    one.date,
    fixed(365 * one.tteYears, 2),
    fixed(one.forward, 3),
    percent(one.rate),
    percent(one.yieldRate),
    one.pairs,
    percent(one.atmVol),
    percent(one.riskReversal25),
    percent(one.butterfly25),
    fixed(one.skew, 2),
    percent(one.fitError),
    one.used,
    one.reason ? REASONS[one.reason] : '',
  ])
  const states = Object.entries(byStatus(analysis)).map(([status, count]) => `${status} ${count}`)
  const spot = chain.spotBid > 0 ? `, underlying ${chain.spotBid} / ${chain.spotAsk}` : ''
  const refused = read.reading.refused > 0 ? ` ${read.reading.refused} rows of the file could not be read.` : ''
  return [
    `${basename(path)}: ${chain.underlying} at ${instant(chain.asOf)}${spot}. ${chain.strike.length} contracts, ${modelOf(analysis)}.${refused}`,
    `Rows: ${states.join(', ')}.`,
    '',
    asTable(NAMES, rows),
    '',
    arbitrage.length === 0
      ? 'The smiles are free of butterfly and calendar arbitrage among their quotes.'
      : 'Arbitrage in the smiles:',
    ...arbitrage.map(
      ({ kind, expiry, later, from, to, worstAt, worst }) =>
        `  ${kind} ${expiry}${later ? ` to ${later}` : ''}: log-moneyness ${from.toFixed(3)} to ${to.toFixed(3)}, worst ${worst.toExponential(2)} at ${worstAt.toFixed(3)}`,
    ),
    fired.length === 0 ? 'No anomalies.' : `Anomalies: ${fired.length}.`,
    ...fired.slice(0, 50).map(({ key, severity, findings }) => `  ${severity} ${key}: ${findings.map(findingText).join('; ')}`),
  ].join('\n')
}

function findingText({ detector, rule, direction, value, baseline, edge }: Alert['findings'][number]): string {
  const worth = Number.isFinite(edge) ? `, edge ${edge.toFixed(3)}` : ''
  return `${detector} ${rule} ${direction} ${value.toPrecision(4)} against ${baseline.toPrecision(4)}${worth}`
}
