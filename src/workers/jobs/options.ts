import { closeSync, openSync, readSync } from 'node:fs'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import { type AnalysisOptions, analyseChain } from '../../core/options/analyse-chain.ts'
import { answerBatch, type BatchPlan, type BatchProblem } from '../../core/options/batch.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import type { GreekColumns, OptionColumns } from '../../core/options/columns.ts'
import { type ScanResult, type ScanState, scan } from '../../core/options/detect/scan.ts'
import type { DetectSettings } from '../../core/options/detect/settings.ts'
import { priceEuropeanSimd } from '../../core/options/european-simd.ts'
import { type GammaExposure, type GammaOrder, gammaExposure } from '../../core/options/gamma-exposure.ts'
import { type Leg, type ScenarioAxes, type ScenarioGrid, scenarioGrid } from '../../core/options/portfolio.ts'
import { readChainFile } from './chain-file.ts'

export interface BatchInput {
  readonly path: string
  /** Bytes of the file, from the start of a line to the end of one. */
  readonly from: number
  readonly to: number
  readonly plan: BatchPlan
}

export interface BatchOutput {
  /** UTF-8, one line for each row. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rows: number
  readonly byStatus: Readonly<Record<string, number>>
  /** Lines of the piece, rows or not, and the first rows that cannot be read, by their place among them. */
  readonly lines: number
  readonly problems: readonly BatchProblem[]
}

/** Answers a piece of a batch file. */
function answerPiece({ path, from, to, plan }: BatchInput): BatchOutput {
  const buffer = Buffer.allocUnsafe(to - from)
  const file = openSync(path, 'r')
  try {
    for (let read = 0; read < buffer.length; ) {
      const got = readSync(file, buffer, read, buffer.length - read, from + read)
      if (got === 0) throw new Error(`${path} became shorter while it was read`)
      read += got
    }
  } finally {
    closeSync(file)
  }
  const given = buffer.toString('utf8').split(/\r?\n/)
  const { text, rows, byStatus, problems } = answerBatch(given, plan)
  return { bytes: new TextEncoder().encode(text), rows, byStatus, lines: given.length - 1, problems }
}

export interface GreeksInput {
  /** Columns over shared memory, so that several threads may each do a part of them. */
  readonly options: OptionColumns
  readonly out: GreekColumns
  readonly from: number
  readonly to: number
}

/** Prices rows of shared columns in place; the answer is how many. */
function priceShared({ options, out, from, to }: GreeksInput): number {
  const part = <T extends object>(columns: T): T =>
    Object.fromEntries(
      Object.entries(columns as Record<string, Float64Array>).map(([name, column]) => [name, column.subarray(from, to)]),
    ) as T
  priceEuropeanSimd(part(options), part(out))
  return to - from
}

export interface AnalyseInput {
  readonly chain: OptionChain
  readonly options: AnalysisOptions
}

export interface ScenarioInput {
  readonly legs: readonly Leg[]
  readonly axes: ScenarioAxes
  readonly scheme: AmericanSchemeName
}

export interface GammaInput {
  readonly analysis: ChainAnalysis
  readonly order: GammaOrder
}

export interface ScanInput {
  /** State after the last look at the same chain; its columns are given away. */
  readonly before: ScanState
  readonly analysis: ChainAnalysis
  readonly settings: DetectSettings
}

/** Jobs of the options domain. */
export const optionsJobs = {
  'options.analyse': ({ chain, options }: AnalyseInput): ChainAnalysis => analyseChain(chain, options),
  'options.batch': answerPiece,
  'options.gamma': ({ analysis, order }: GammaInput): GammaExposure => gammaExposure(analysis, order),
  'options.greeks': priceShared,
  'options.readChain': readChainFile,
  'options.scan': ({ before, analysis, settings }: ScanInput): ScanResult => scan(before, analysis, settings),
  'options.scenario': ({ legs, axes, scheme }: ScenarioInput): ScenarioGrid => scenarioGrid(legs, axes, scheme),
} as const
