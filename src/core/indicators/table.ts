import { adx } from './adx.ts'
import { aroon } from './aroon.ts'
import { atr } from './atr.ts'
import { bollinger } from './bollinger.ts'
import { cci } from './cci.ts'
import { donchian } from './donchian.ts'
import { ema } from './ema.ts'
import type { Indicator } from './indicator.ts'
import { keltner } from './keltner.ts'
import { macd } from './macd.ts'
import { mfi } from './mfi.ts'
import { obv } from './obv.ts'
import { parabolicSar } from './parabolic-sar.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { standardDeviation } from './standard-deviation.ts'
import { stochastic } from './stochastic.ts'
import { volumeSma } from './volume-sma.ts'
import { vwap } from './vwap.ts'
import { williamsR } from './williams-r.ts'
import { wma } from './wma.ts'

/** Every indicator, in the order of the menu; menus, charts, scanners and the battery work from this table. */
export const INDICATORS: readonly Indicator[] = [
  sma,
  ema,
  wma,
  bollinger,
  vwap,
  keltner,
  donchian,
  parabolicSar,
  rsi,
  macd,
  atr,
  stochastic,
  adx,
  cci,
  mfi,
  obv,
  aroon,
  williamsR,
  roc,
  standardDeviation,
  volumeSma,
]

/** The indicator of that name, null where there is none. */
export function indicatorNamed(name: string): Indicator | null {
  return INDICATORS.find(indicator => indicator.name === name) ?? null
}
