import * as z from 'zod'
import { WORST_RANK } from '../core/color/setup-check.ts'
import { columnName, decimalText } from './color.ts'
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
const classPart = z.object({
  name: z.string().trim().min(1).max(200),
  hiddenColumns: z.array(columnName).max(50).describe('Its own; a part hides those of its main class besides'),
})
const classDraft = classPart.extend({ subs: z.array(classPart).max(100) })
const assetClass = classDraft.extend({ ...kept, id: z.string() })
export type AssetClassView = z.infer<typeof assetClass>
const ranks = z.object({ ...kept, types })
const limits = z.object({ ...kept, sectors })
const setup = z.object({ ranks, limits, classes: z.array(assetClass) })
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
  classes: procedure
    .meta({ needs: 'color:read', changes: false })
    .route({ method: 'GET', path: '/color/setup/classes', summary: 'Asset classes and the columns hidden for each', tags })
    .output(
      z.object({
        classes: z.array(classDraft),
        hidden: z
          .array(z.object({ assetClass: z.string(), columns: z.array(columnName) }))
          .describe('Of every class and part: all that is hidden for it, also by its main class'),
      }),
    ),
  saveClass: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/setup/classes', summary: 'Add or change an asset class', tags })
    .errors({ ...refusals, ...failures('CONFIG_NAME_TAKEN') })
    .input(classDraft.extend({ id: z.string().nullable().describe('Null makes a new one'), revision: z.number().int() }))
    .output(assetClass),
  removeClass: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/setup/classes/remove', summary: 'Remove an asset class from the tree', tags })
    .errors(failures('CONFIG_UNKNOWN', 'CONFIG_CHANGED'))
    .input(z.object({ id: z.string(), revision: z.number().int() }))
    .output(z.object({ entry: z.number().int().describe('What the removal can be taken back by') })),
}
