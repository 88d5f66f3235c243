import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { instrumentKey, micros } from './wire.ts'

/** A named arrangement of panels. `layout` belongs to the page: the host keeps it whole and never looks inside. */
export const workspace = z.object({
  id: z.string(),
  name: z.string().min(1).max(60),
  layout: z.unknown(),
  revision: z.number().int(),
  savedAt: micros,
})
export type WorkspaceWire = z.infer<typeof workspace>

export const watchlist = z.object({
  id: z.string(),
  name: z.string().min(1).max(60),
  instruments: z.array(instrumentKey).max(5000),
  revision: z.number().int(),
})
export type WatchlistWire = z.infer<typeof watchlist>

const read = { needs: 'workspace:read', changes: false } as const
const write = { needs: 'workspace:write', changes: true } as const
/** The layout or list itself is in the journal already, in the entry that stores it. */
const save = { ...write, audits: ['id', 'name', 'revision'] } as const

export const workspaceContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/workspaces', summary: 'Workspaces, the current one first named', tags: ['workspace'] })
    .output(z.object({ workspaces: z.array(workspace), current: z.string().nullable() })),
  /** Creates the workspace where `id` is unknown. `revision` is the one that was loaded, 0 for a new one. */
  save: procedure
    .meta(save)
    .route({
      method: 'PUT',
      path: '/workspaces/{id}',
      summary: 'Save an arrangement of panels',
      description:
        'Creates the workspace where the id is unknown. revision is the one that was read, 0 for a new one; where another window was faster the answer is WORKSPACE_CHANGED. layout belongs to the page and is kept as it is.',
      tags: ['workspace'],
    })
    .errors(failures('WORKSPACE_CHANGED', 'DISK_FULL'))
    .input(
      z.object({
        id: z.string().min(1).max(60),
        name: z.string().min(1).max(60),
        layout: z.unknown(),
        revision: z.number().int().nonnegative(),
      }),
    )
    .output(z.object({ revision: z.number().int() })),
  remove: procedure
    .meta(write)
    .route({ method: 'DELETE', path: '/workspaces/{id}', summary: 'Remove a workspace', tags: ['workspace'] })
    .errors(failures('WORKSPACE_UNKNOWN'))
    .input(z.object({ id: z.string() }))
    .output(z.object({})),
  choose: procedure
    .meta(write)
    .route({ method: 'POST', path: '/workspaces/{id}/choose', summary: 'Make a workspace the current one', tags: ['workspace'] })
    .errors(failures('WORKSPACE_UNKNOWN'))
    .input(z.object({ id: z.string() }))
    .output(z.object({})),
  watchlists: procedure
    .meta(read)
    .route({ method: 'GET', path: '/watchlists', summary: 'Watchlists with their instruments', tags: ['workspace'] })
    .output(z.object({ watchlists: z.array(watchlist) })),
  saveWatchlist: procedure
    .meta(save)
    .route({
      method: 'PUT',
      path: '/watchlists/{id}',
      summary: 'Save a watchlist',
      description: 'Creates the list where the id is unknown; revision as with a workspace.',
      tags: ['workspace'],
    })
    .errors(failures('WORKSPACE_CHANGED', 'DISK_FULL'))
    .input(
      z.object({
        id: z.string().min(1).max(60),
        name: z.string().min(1).max(60),
        instruments: z.array(instrumentKey).max(5000),
        revision: z.number().int().nonnegative(),
      }),
    )
    .output(z.object({ revision: z.number().int() })),
  removeWatchlist: procedure
    .meta(write)
    .route({ method: 'DELETE', path: '/watchlists/{id}', summary: 'Remove a watchlist', tags: ['workspace'] })
    .errors(failures('WORKSPACE_UNKNOWN'))
    .input(z.object({ id: z.string() }))
    .output(z.object({})),
  settings: procedure
    .meta(read)
    .route({ method: 'GET', path: '/settings', summary: 'Settings with their value, default and origin', tags: ['workspace'] })
    .output(
      z.object({
        settings: z.array(
          z.object({
            key: z.string(),
            group: z.string(),
            kind: z.enum(['choice', 'number', 'text', 'switch']),
            value: z.union([z.string(), z.number(), z.boolean()]),
            usual: z.union([z.string(), z.number(), z.boolean()]),
            choices: z.array(z.string()),
            from: z.number().nullable(),
            to: z.number().nullable(),
            origin: z.enum(['default', 'file', 'environment', 'flag', 'user']),
            needsRestart: z.boolean(),
          }),
        ),
      }),
    ),
  set: procedure
    .meta(write)
    .route({
      method: 'PUT',
      path: '/settings/{key}',
      summary: 'Change a setting; null takes it back to its default',
      description:
        'Keys, kinds and choices are in GET /settings. What a flag or the environment fixed for this run cannot be changed.',
      tags: ['workspace'],
    })
    .errors(failures('SETTING_INVALID', 'DISK_FULL'))
    .input(z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }))
    .output(z.object({ value: z.union([z.string(), z.number(), z.boolean()]) })),
  /** Says that something of the workspace changed, so that every open page reads it again. */
  watch: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/workspaces/watch',
      summary: 'Changes of workspaces, watchlists and settings as a stream',
      tags: ['workspace'],
    })
    .output(
      eventIterator(
        z.object({ changed: z.enum(['workspaces', 'watchlists', 'settings']), id: z.string(), revision: z.number().int() }),
      ),
    ),
}
