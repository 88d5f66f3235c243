import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceDraft, SourceQuery, SourceView } from '../../../contract/color-sources.ts'
import { meaningsOf, placeColumns } from '../../../core/color/color-header.ts'
import { layoutOf } from '../../../core/color/learned-mapping.ts'
import type { Clock } from '../../../platform/clock.ts'
import { Secret } from '../../../platform/secret.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import type { SecretsService } from '../../secrets/secrets-service.ts'
import type { ConfigBook, ConfigEntity } from '../config/config-book.ts'
import { mannerOf, troubleWords } from '../intake/intake-reading.ts'
import type { IntakeService } from '../intake/intake-service.ts'
import type { KeptUpload } from '../intake/uploads-fold.ts'
import type { ColorFetcher } from '../runs/run-flow.ts'
import { askDuckFile, askWorkspace, type DuckParts } from './ask-duck.ts'
import { askOracle } from './ask-oracle.ts'
import { askPostgres } from './ask-postgres.ts'
import type { AskedRows, AskPlace, AskTerms } from './asked-rows.ts'

export interface SourcesParts extends Omit<DuckParts, 'scratch'> {
  /** The workspace folder. */
  readonly folder: string
  readonly config: ConfigBook
  readonly secrets: Pick<SecretsService, 'has' | 'get' | 'set'>
  readonly intake: Pick<IntakeService, 'addTable'>
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/** A saved query as it is to be kept. */
export interface SourceToSave {
  readonly id: string | null
  readonly name: string
  readonly revision: number
  readonly source: SourceQuery
}

/** Saved queries that rows of dealers are read with. */
export interface SourcesService {
  list(): SourceView[]
  /** Fails: CONFIG_UNKNOWN, CONFIG_CHANGED, CONFIG_NAME_TAKEN. */
  save(draft: SourceToSave, user: string): SourceView
  remove(id: string, user: string): void
  /** Fails: CONFIG_UNKNOWN, SECRETS_CLOSED, SECRETS_NO_PLACE. */
  setSecret(id: string, value: Secret, user: string): Promise<void>
  /** Fails: COLOR_SOURCE_*. */
  test(draft: SourceDraft, signal?: AbortSignal): Promise<{ columns: string[]; seconds: number }>
  preview(draft: SourceDraft, signal?: AbortSignal): Promise<SourcePreview>
  /** Its rows as an upload that waits. Fails: COLOR_SOURCE_*, COLOR_FILE_UNUSABLE. */
  fetch(id: string, user: string, signal?: AbortSignal): Promise<KeptUpload>
  /** The queries that are on, as automated runs ask them. */
  fetchers(): readonly ColorFetcher[]
}

/** First rows of a query, and what its columns mean. */
export interface SourcePreview {
  columns: { name: string; column: string | null }[]
  missing: string[]
  rows: (string | null)[][]
  seconds: number
}

const SHOWN_ROWS = 50
const secretOf = (id: string) => `color.source.${id.toLowerCase()}`
const needsSecret = ({ place }: SourceQuery) => place.engine === 'postgres' || place.engine === 'oracle'

export function createSourcesService(parts: SourcesParts): SourcesService {
  const { folder, config, secrets, intake, pool, clock } = parts
  const scratch = join(folder, 'color', 'asked')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  const askOf = asker({ ...parts, scratch })

  const viewOf = ({ id, name, revision, value }: ConfigEntity<'sources'>): SourceView => ({
    ...{ id, name, revision, source: value },
    hasSecret: !needsSecret(value) || secrets.has(secretOf(id)),
  })
  const expectSource = (id: string) => config.find('sources', id) ?? fail('CONFIG_UNKNOWN', { module: 'sources', id })
  const ask = async (id: string | null, source: SourceQuery, typed: string | null, terms: Omit<AskTerms, 'secret'>) => {
    const kept = id !== null && !typed && needsSecret(source) ? await secrets.get(secretOf(id)) : null
    return await askOf(source, { ...terms, secret: typed ? new Secret(typed) : kept })
  }
  const whole = async ({ id, value }: ConfigEntity<'sources'>, signal: AbortSignal) => {
    const found = await ask(id, value, null, { most: value.rowCap, signal })
    if (found.rows.length > value.rowCap) fail('COLOR_SOURCE_TOO_MANY', { cap: value.rowCap })
    return found
  }
  const timed = async <T>(work: () => Promise<T>) => {
    const from = clock.monotonic()
    const value = await work()
    return { value, seconds: clock.monotonic() - from }
  }
  return {
    list: () => config.list('sources').map(viewOf),
    save({ id, name, revision, source }, user) {
      const [saved] = config.save('sources', [{ id, name, revision, value: source }], user)
      return viewOf(saved!)
    },
    remove: (id, user) => config.remove('sources', [id], user),
    async setSecret(id, value, user) {
      expectSource(id)
      await secrets.set(secretOf(id), value, user)
    },
    async test({ id, source, secret }, signal = NEVER) {
      const { value, seconds } = await timed(() => ask(id, source, secret, { most: 0, signal }))
      return { columns: [...value.header], seconds }
    },
    async preview({ id, source, secret }, signal = NEVER) {
      const { value, seconds } = await timed(() => ask(id, source, secret, { most: SHOWN_ROWS - 1, signal }))
      return { ...previewOf(value, config), seconds }
    },
    async fetch(id, user, signal = NEVER) {
      const source = expectSource(id)
      const { header, rows } = await whole(source, signal)
      if (rows.length === 0) fail('COLOR_SOURCE_NO_ROWS', {})
      return await intake.addTable({ name: source.name, from: 'sql', header, rows, user })
    },
    fetchers: () =>
      config
        .list('sources')
        .filter(({ value }) => value.enabled)
        .map(source => ({
          id: source.id,
          name: source.name,
          async fetch(signal) {
            const { header, rows } = await whole(source, signal)
            if (rows.length === 0) return { rows: [], read: 0, quarantined: 0, repeats: 0 }
            const learned = config.list('mappings').map(({ value }) => ({ mark: value.mark, mapping: value.mapping }))
            const found = await pool.run('color.table', { header, rows, learned, ...mannerOf(config) }, { signal })
            if (found.kind === 'unusable')
              return fail('COLOR_FILE_UNUSABLE', { file: source.name, reason: troubleWords(found.trouble) })
            const { kind: _, ...fetched } = found
            return fetched
          },
        })),
  }
}

const NEVER = new AbortController().signal

function asker(parts: DuckParts): (source: SourceQuery, terms: AskTerms) => Promise<AskedRows> {
  const places: { readonly [E in SourceQuery['place']['engine']]: AskPlace<E> } = {
    workspace: askWorkspace(parts),
    duckdb: askDuckFile(parts),
    postgres: askPostgres,
    oracle: askOracle,
  }
  return (source, terms) => {
    // What the table above ties together, the type of a union cannot.
    const place = places[source.place.engine] as (query: SourceQuery, terms: AskTerms) => Promise<AskedRows>
    return place(source, terms)
  }
}

function previewOf({ header, rows }: AskedRows, config: ConfigBook): Omit<SourcePreview, 'seconds'> {
  const head = { row: 1, names: header, delimiter: '' }
  const learned = config.list('mappings').map(({ value }) => ({ mark: value.mark, mapping: value.mapping }))
  const mapping = layoutOf([head], learned, {})?.mapping
  const placed = placeColumns(head, mapping)
  return {
    columns: meaningsOf(header, mapping).map(({ name, column }) => ({ name, column })),
    missing: 'kind' in placed && placed.kind === 'column-missing' ? [...placed.columns] : [],
    rows: rows.map(row => [...row]),
  }
}
