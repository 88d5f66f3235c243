import * as z from 'zod'

/** What a backup says of itself before anything else, so that one that does not fit is refused without reading on. */
export const heading = z.object({
  product: z.literal('Contango'),
  format: z.number().int(),
  version: z.string(),
  /** Hash of the journal's first entry: what tells one workspace from another; null while the journal is empty. */
  workspace: z.string().nullable(),
  madeAt: z.number().int(),
  journal: z.object({ seq: z.number().int(), hash: z.string() }),
  files: z.number().int(),
  bytes: z.number(),
})
export type Heading = z.infer<typeof heading>

/** The last entry: every file with its hash. A backup without it was cut off. */
export const manifest = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
})

/** Counts up when a backup of today could no longer be read by an older Contango. */
export const FORMAT = 1
export const HEADING_NAME = 'contango-backup.json'
export const MANIFEST_NAME = 'manifest.json'
export const JOURNAL_NAME = 'journal.sqlite'
/** Files of a workspace stand under this in a backup, so that none can be taken for its lists. */
export const INSIDE = 'workspace/'

/**
 * What of a workspace folder is not in a backup: what this run made, what can be made again, and secrets.
 *
 * A list of exceptions and not of contents: what a later version adds is backed up without anybody thinking of it.
 */
const LEFT_OUT = [
  /^host\./,
  /^journal\.sqlite/,
  // Rebuilt from the journal and the segments.
  /^market\.duckdb/,
  /^(cache|logs|uploads|electron|backups|diagnostics|restore)(\/|$)/,
  /^aside-/,
  // Secrets belong to one machine and one person; they are typed in again.
  /^secrets/,
  /\.(part|tmp)$/,
]

/** Whether a file of a workspace, by its name with slashes, belongs into a backup. */
export function isBackedUp(name: string): boolean {
  return !LEFT_OUT.some(pattern => pattern.test(name))
}
