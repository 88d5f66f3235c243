import type { ChartColors } from './chart-colors.ts'

type Rgb = readonly [red: number, green: number, blue: number]

/** Viridis (van der Walt and Smith 2015) at nine even places; perceptually even and safe for colour blindness. */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
]

function parts(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue]
}

function mix(a: Rgb, b: Rgb, share: number): string {
  const channel = (k: 0 | 1 | 2) => Math.round(a[k] + (b[k] - a[k]) * share)
  return `rgb(${channel(0)}, ${channel(1)}, ${channel(2)})`
}

/** Colour of a magnitude from 0 to 1; what lies beyond takes the end's. */
export function magnitudeColor(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1)
  const below = Math.min(VIRIDIS.length - 2, Math.floor(place))
  return mix(VIRIDIS[below]!, VIRIDIS[below + 1]!, place - below)
}

/**
 * Colour of a signed value from -1 to 1: the page's own up and down, with its ground as the neutral middle.
 *
 * The ends are not the full inks, so that numbers can be read on them.
 */
export function signedColor(share: number, ink: ChartColors): string {
  const bounded = Math.min(1, Math.max(-1, share))
  return mix(parts(ink('--bg-1')), parts(ink(bounded < 0 ? '--down' : '--up')), 0.8 * Math.abs(bounded) ** 0.8)
}
