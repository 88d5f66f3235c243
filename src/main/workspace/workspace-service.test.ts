import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { manualClock } from '../../platform/clock.ts'
import { loadConfig } from '../../platform/config.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import type { Topics } from '../topics.ts'
import { createWorkspaceService } from './workspace-service.ts'

let folder: string
let journal: Journal
const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })

function open(argv: readonly string[] = []) {
  return createWorkspaceService({ journal, bus, config: loadConfig({ argv, env: {}, folder }) })
}

function reopen() {
  journal.close()
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock: manualClock() })
  return open()
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-workspace-'))
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock: manualClock() })
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true })
})

test('a layout comes back exactly after the journal is opened again', () => {
  const layout = { grid: { root: [1, { deep: null, text: 'ñ' }] }, panels: [] }
  expect(open().save({ id: 'a', name: 'Oil', layout, revision: 0 }, 'local')).toEqual({ revision: 1 })
  const { workspaces, current } = reopen().list()
  expect(current).toBe('a')
  expect(workspaces).toMatchObject([{ id: 'a', name: 'Oil', revision: 1 }])
  expect(workspaces[0]?.layout).toEqual(layout)
})

test('a save from an older revision is refused with the newer one', () => {
  const service = open()
  service.save({ id: 'a', name: 'Oil', layout: 1, revision: 0 }, 'local')
  service.save({ id: 'a', name: 'Oil', layout: 2, revision: 1 }, 'local')
  expect(() => service.save({ id: 'a', name: 'Oil', layout: 3, revision: 1 }, 'local')).toThrow(
    expect.objectContaining({ code: 'WORKSPACE_CHANGED', data: { revision: 2 } }),
  )
  expect(service.list().workspaces[0]?.layout).toBe(2)
})

test('a save that changes nothing leaves the journal as it was', () => {
  const service = open()
  service.save({ id: 'a', name: 'Oil', layout: { x: 1 }, revision: 0 }, 'local')
  const { seq } = journal.head()
  expect(service.save({ id: 'a', name: 'Oil', layout: { x: 1 }, revision: 1 }, 'local')).toEqual({ revision: 1 })
  expect(journal.head().seq).toBe(seq)
})

test('a removed workspace is gone, and a window that still shows it cannot write over its successor', () => {
  const service = open()
  service.save({ id: 'a', name: 'Oil', layout: 1, revision: 0 }, 'local')
  service.remove('a', 'local')
  expect(service.list()).toEqual({ workspaces: [], current: null })
  expect(() => service.remove('a', 'local')).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNKNOWN' }))
  expect(() => service.save({ id: 'a', name: 'Oil', layout: 1, revision: 1 }, 'local')).toThrow(
    expect.objectContaining({ code: 'WORKSPACE_CHANGED' }),
  )
  expect(service.save({ id: 'a', name: 'Gas', layout: 9, revision: 0 }, 'local')).toEqual({ revision: 2 })
  expect(reopen().list().workspaces).toMatchObject([{ name: 'Gas', revision: 2 }])
})

test('the chosen workspace comes first and is still chosen after a restart', () => {
  const service = open()
  service.save({ id: 'a', name: 'A', layout: 1, revision: 0 }, 'local')
  service.save({ id: 'b', name: 'B', layout: 1, revision: 0 }, 'local')
  service.choose('b', 'local')
  expect(() => service.choose('c', 'local')).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNKNOWN' }))
  const { workspaces, current } = reopen().list()
  expect([current, ...workspaces.map(one => one.id)]).toEqual(['b', 'b', 'a'])
})

test('watchlists keep their instruments in order, with revisions', () => {
  const service = open()
  service.saveWatchlist({ id: 'w', name: 'Energy', instruments: ['NG', 'CL'], revision: 0 }, 'local')
  expect(() => service.saveWatchlist({ id: 'w', name: 'Energy', instruments: [], revision: 0 }, 'local')).toThrow(
    expect.objectContaining({ code: 'WORKSPACE_CHANGED', data: { revision: 1 } }),
  )
  expect(reopen().watchlists()).toEqual([{ id: 'w', name: 'Energy', instruments: ['NG', 'CL'], revision: 1 }])
  const again = open()
  again.removeWatchlist('w', 'local')
  expect(again.watchlists()).toEqual([])
})

test('a setting is checked, kept, and taken back to its default with null', () => {
  const service = open()
  expect(service.set('theme', 'light', 'local')).toEqual({ value: 'light' })
  expect(() => service.set('theme', 'mauve', 'local')).toThrow(expect.objectContaining({ code: 'SETTING_INVALID' }))
  expect(() => service.set('nonsense', 1, 'local')).toThrow(expect.objectContaining({ code: 'SETTING_INVALID' }))
  expect(() => service.set('threads', 99, 'local')).toThrow(/between 1 and 16/)
  const again = reopen()
  expect(again.settings().find(one => one.key === 'theme')).toMatchObject({ value: 'light', origin: 'user', usual: 'dark' })
  expect(again.set('theme', null, 'local')).toEqual({ value: 'dark' })
})

test('a flag pins a setting for the run and says so', () => {
  open().set('theme', 'system', 'local')
  const pinned = open(['--theme', 'light'])
  expect(pinned.setting('theme')).toBe('light')
  expect(() => pinned.set('theme', 'dark', 'local')).toThrow(/--theme sets it for this run/)
  expect(open().setting('theme')).toBe('system')
})

test('who watches hears each change, the newest of one thing where it was slow, and ends with its signal', async () => {
  const service = open()
  const stop = new AbortController()
  const watch = service.watch(stop.signal)
  const first = watch.next()
  service.save({ id: 'a', name: 'A', layout: 1, revision: 0 }, 'local')
  service.save({ id: 'a', name: 'A', layout: 2, revision: 1 }, 'local')
  service.set('theme', 'light', 'local')
  const heard = [(await first).value, (await watch.next()).value]
  expect(heard).toMatchObject([
    { changed: 'workspaces', id: 'a', revision: 2 },
    { changed: 'settings', id: 'theme' },
  ])
  const last = watch.next()
  stop.abort()
  expect((await last).done).toBe(true)
})

test('fifty thousand layout saves are folded in under a second', () => {
  const layout = { panels: Array.from({ length: 40 }, (_, k) => ({ id: `p${k}`, kind: 'chart', params: { style: 'candles' } })) }
  const service = open()
  // Enough real saves for several snapshots; then a long tail of them as one batch, as years of use would leave.
  for (let k = 0; k < 1100; k++) service.save({ id: 'a', name: 'A', layout: { ...layout, k }, revision: k }, 'local')
  expect(journal.read({ kinds: ['workspace.snapshot'] })).toHaveLength(2)
  const tail = Array.from({ length: 50_000 }, (_, k) => ({
    kind: 'workspace.saved',
    subject: 'a',
    user: 'local',
    body: { name: 'A', layout: k, revision: 1101 + k },
  }))
  journal.appendAll(tail)
  const again = open()
  expect(again.list().workspaces[0]).toMatchObject({ layout: 49_999, revision: 51_100 })
}, 60_000)
