import { openInterestBurst, volumeBurst } from './bursts.ts'
import { butterfly } from './butterfly.ts'
import { calendar } from './calendar.ts'
import type { Detector } from './detector.ts'
import { legacy } from './legacy.ts'
import { parityBand } from './parity-band.ts'
import { smileResidual } from './residual.ts'
import { sizeShock, spreadShock } from './shocks.ts'
import { skewShift } from './skew-shift.ts'
import { vertical } from './vertical.ts'

/** Every detector there is. Thresholds, marks and texts go by its names; what stands first names a card that several of them share. */
export const DETECTORS: readonly Detector[] = [
  vertical,
  butterfly,
  parityBand,
  calendar,
  smileResidual,
  spreadShock,
  sizeShock,
  volumeBurst,
  openInterestBurst,
  skewShift,
  legacy,
]

/** The detector of that name, or null where a stored alert names one that is gone. */
export function detectorNamed(name: string): Detector | null {
  return DETECTORS.find(known => known.name === name) ?? null
}
