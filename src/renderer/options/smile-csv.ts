import type { ChainFrame } from '../../contract/options.ts'
import { smileVol } from '../../core/options/svi.ts'
import { moneynessOf, type Smile } from './smile-model.ts'

const cell = (value: number | string | null) =>
  typeof value === 'number' ? (Number.isFinite(value) ? String(value) : '') : (value ?? '')

/**
 * Quotes of smiles with their fit as CSV; volatilities are fractions per √year.
 *
 * Source and state stand in every row, so that a demo number stays one wherever the file goes.
 */
export function smileCsv(frame: ChainFrame, smiles: readonly Smile[]): string {
  const head = 'as_of,symbol,expiry,strike,right,log_moneyness,bid_vol,mid_vol,ask_vol,fit_vol,status,in_fit,source,state'
  const at = new Date(frame.asOf / 1000).toISOString()
  const lines = smiles.flatMap(({ summary, points }) =>
    points.map(point => {
      const k = moneynessOf(point.strike, summary)
      const fit = summary.smile ? smileVol(summary.smile, k, summary.tteYears) : Number.NaN
      return [
        at,
        frame.symbol,
        summary.date,
        point.strike,
        point.side,
        k,
        point.bidVol,
        point.vol,
        point.askVol,
        fit,
        point.status,
        point.isUsed ? 'yes' : 'no',
        frame.provenance.source,
        frame.provenance.state,
      ]
        .map(cell)
        .join()
    }),
  )
  return `${[head, ...lines].join('\n')}\n`
}

/** A name for a file of a chain: letters, digits, point and dash. */
export function chainFileName(frame: ChainFrame, what: string, extension: string): string {
  const at = new Date(frame.asOf / 1000).toISOString().slice(0, 16).replace(/[:T]/g, '')
  const state = frame.provenance.state === 'demo' ? '-DEMO' : ''
  return `${frame.symbol}-${what}${state}-${at}.${extension}`.replace(/[^\p{L}\p{N}.-]+/gu, '_')
}
