import * as z from 'zod'
import { WORST_RANK } from '../core/color/setup-check.ts'
import { decimalText } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'

const word = z.string().trim().min(1).max(60)

const types = z
  .array(z.object({ type: word, rank: z.number().int().min(1).max(WORST_RANK), words: z.array(word).max(50) }))
  .min(1)
  .max(300)
const sectors = z
  .array(
    z.object({
      word,
      bounds: z.object({ lowest: decimalText, highest: decimalText }).nullable().describe('Prices outside are refused'),
      tolerancePercent: decimalText,
    }),
  )
  .max(100)
  .describe('In order: the first whose word is in the name of a sector counts')

const kept = {
  /** 0 where nobody changed it yet and the usual one is in force. */
  revision: z.number().int(),
  /** Who made it so. */
  user: z.string().nullable(),
}
const ranks = z.object({ ...kept, types })
const limits = z.object({ ...kept, sectors })
const setup = z.object({ ranks, limits })
export type ColorSetup = z.infer<typeof setup>

const write = { needs: 'color-setup:write', changes: true } as const
const tags = ['color']
const refusals = failures('CONFIG_UNKNOWN', 'CONFIG_CHANGED', 'CONFIG_INVALID')

export const colorSetupContract = {
  show: procedure
    .meta({ needs: 'color-setup:read', changes: false })
    .route({ method: 'GET', path: '/color/setup', summary: 'What quotes are ranked and measured by', tags })
    .output(setup),
  saveRanks: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/setup/ranks', summary: 'Change how much each quote type weighs', tags })
    .errors(refusals)
    .input(z.object({ revision: z.number().int(), types }))
    .output(ranks),
  saveLimits: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/setup/limits', summary: 'Change the limits of prices by sector', tags })
    .errors(refusals)
    .input(z.object({ revision: z.number().int(), sectors }))
    .output(limits),
}
