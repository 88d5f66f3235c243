import type { PositionFrame } from '../../contract/options-risk.ts'
import { DAYS_PER_YEAR } from '../../core/options/screen-units.ts'
import { placeIn, type Scenarios } from './payoff-grid.tsx'
import type { PayoffPicture, PayoffScenario, QuotedLeg } from './payoff-model.ts'
import { csvOf, originOf } from './risk-files.ts'

/** The curves of a position, or its whole scenario grid, as CSV; the legs stand in the rows before. */
export function payoffCsv(
  frame: PositionFrame,
  legs: readonly QuotedLeg[],
  picture: PayoffPicture,
  scenario: PayoffScenario,
  scenarios: Scenarios | null,
): string {
  return `${legsCsv(frame, legs)}\n${scenarios ? gridCsv(scenarios) : curvesCsv(picture, scenario)}`
}

function legsCsv(frame: PositionFrame, legs: readonly QuotedLeg[]): string {
  const at = new Date(frame.asOf / 1000).toISOString()
  const origin = originOf(frame.provenance)
  const head = ['leg', 'as_of', 'symbol', 'kind', 'expiry', 'strike', 'quantity', 'multiplier', 'paid', 'vol', 'tte_years']
  return csvOf(
    [...head, 'source', 'state'],
    legs.map(({ stored, leg, paid }, k) => [
      ...[k + 1, at, frame.symbol, stored.kind, stored.expiry, stored.kind === 'underlying' ? null : stored.strike],
      ...[stored.quantity, leg?.multiplier ?? null, paid, leg?.vol ?? null, leg?.tteYears ?? null, ...origin],
    ]),
  )
}

function gridCsv({ axes, grid }: Scenarios): string {
  const rows = axes.ahead.flatMap((years, time) =>
    axes.volShifts.flatMap((shift, vol) =>
      axes.spots.map((spot, k) => {
        const place = placeIn(axes, time, vol, k)
        return [years * DAYS_PER_YEAR, shift, spot, grid.value[place]!, grid.profit[place]!]
      }),
    ),
  )
  return csvOf(['days_ahead', 'vol_shift', 'spot', 'value', 'profit'], rows)
}

function curvesCsv({ end, now, later }: PayoffPicture, { volShift, daysAhead }: PayoffScenario): string {
  const head = ['spot', 'profit_at_first_expiry', 'profit_now', 'profit_in_scenario', 'vol_shift', 'days_ahead']
  const row = (spot: number, k: number) => [spot, end.profits[k]!, now.profits[k]!, later.profits[k]!, volShift, daysAhead]
  return csvOf(head, Array.from(end.spots, row))
}
