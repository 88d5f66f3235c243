import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

/** Where an update stands: `off` where this program cannot be updated, `none` where it is the newest. */
export const UPDATE_PHASES = ['off', 'idle', 'checking', 'none', 'offered', 'loading', 'ready', 'refused', 'failed'] as const

export const updateState = z.object({
  phase: z.enum(UPDATE_PHASES),
  version: z.string(),
  /** Why it is off, refused or failed: a code of the catalogue with what its sentence needs. */
  fault: z.object({ code: z.string(), data: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  offered: z.object({ version: z.string(), date: micros, notes: z.string(), bytes: z.number().int() }).nullable(),
  /** Share of the download, 0 to 1; null while nothing is loaded. */
  progress: z.number().nullable(),
  checkedAt: micros.nullable(),
})
export type UpdateState = z.infer<typeof updateState>

const read = { needs: 'updates:read', changes: false } as const
const write = { needs: 'updates:write', changes: true } as const

export const updatesContract = {
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/updates', summary: 'Where an update stands, as a stream', tags: ['updates'] })
    .output(eventIterator(updateState)),
  check: procedure
    .meta(write)
    .route({ method: 'POST', path: '/updates/check', summary: 'Ask the feed whether there is an update', tags: ['updates'] })
    .output(updateState),
  load: procedure
    .meta(write)
    .route({ method: 'POST', path: '/updates/load', summary: 'Download the update that is offered', tags: ['updates'] })
    .errors(failures('UPDATE_NOTHING'))
    .output(updateState),
  install: procedure
    .meta(write)
    .route({ method: 'POST', path: '/updates/install', summary: 'End Contango and install the update', tags: ['updates'] })
    .errors(failures('UPDATE_NOTHING', 'UPDATE_ORDERS_WORKING'))
    /** `despiteOrders` is the consent to install while orders work at a broker. */
    .input(z.object({ despiteOrders: z.boolean().default(false) }))
    .output(z.object({})),
}
