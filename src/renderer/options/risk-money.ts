import { type Format, MISSING } from '../ui/format.ts'
import type { Translate } from '../ui/text.ts'

const BILLION = 1e9
const MILLION = 1e6
const THOUSAND = 1e3

/** Decimals that tell ticks apart which are so far from each other, at that scale. */
function decimalsFor(step: number): number {
  return step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step) - 1e-9))
}

/**
 * An amount of money short: 1.25 bn, 340.2 M, 12.5 k.
 *
 * `step` is how far the values beside it are apart, so that an axis writes no more digits than differ; without it three digits tell.
 */
export function moneyText(
  value: number | null,
  format: Format,
  t: Translate,
  { step, signed = false }: { step?: number; signed?: boolean } = {},
): string {
  if (value === null || !Number.isFinite(value)) return MISSING
  const size = step === undefined ? Math.abs(value) : Math.max(Math.abs(value), Math.abs(step))
  const [unit, mark] =
    size >= BILLION
      ? [BILLION, t('risk.billion')]
      : size >= MILLION
        ? [MILLION, t('risk.million')]
        : size >= THOUSAND
          ? [THOUSAND, t('risk.thousand')]
          : [1, '']
  const scaled = value / unit
  const digits =
    step === undefined ? (Math.abs(scaled) >= 100 || unit === 1 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2) : decimalsFor(step / unit)
  const text = signed ? format.change(scaled, 10 ** -digits) : format.number(scaled, digits)
  // A figure and its unit are one word.
  return mark === '' ? text : `${text}\u202f${mark}`
}

/** The sign of an amount as a tone; what is written as zero, or missing, has none. */
export function toneOf(value: number | null): 'up' | 'down' | undefined {
  if (value === null || !Number.isFinite(value) || Math.abs(value) < 0.5) return undefined
  return value > 0 ? 'up' : 'down'
}
