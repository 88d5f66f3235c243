import { ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../contract/index.ts'
import type { StoredLayout } from './layout.ts'

/** What the saver touches of a page: the events that say it is going away. */
vi.stubGlobal('window', new EventTarget())
vi.stubGlobal('document', new EventTarget())
const { createBench } = await import('./bench.ts')
const { createSaver } = await import('./saver.ts')

type Saved = { id: string; name: string; layout: unknown; revision: number }

function desk(answer: (saved: Saved) => Promise<{ revision: number }>) {
  const bench = createBench()
  const workspace = { id: 'w', name: 'Desk', layout: null, revision: 3, savedAt: 0 }
  bench.store.setState({ phase: 'ready', workspaces: [workspace], current: 'w', panels: {} })
  const sent: Saved[] = []
  const save = (saved: Saved) => {
    sent.push(saved)
    return answer(saved)
  }
  const saver = createSaver(bench, { workspace: { save } } as unknown as Client, { reload() {}, saveAsNew() {} })
  saver.begin(bench.layout(), 3)
  const change = (subject: string) => {
    bench.store.setState({ panels: { 'chart-1': { kind: 'chart', params: {}, link: 'A', subject: null } } })
    bench.setSubject('chart-1', subject)
  }
  return { bench, saver, sent, change }
}

describe('a change of the workspace', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is on its way within 300 ms of the last, and one save holds all of them', async () => {
    const { sent, change } = desk(async ({ revision }) => ({ revision: revision + 1 }))
    for (let step = 0; step < 20; step++) {
      change(`S${step}.DEMO`)
      await vi.advanceTimersByTimeAsync(20)
    }
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.length).toBe(1)
    expect((sent.at(-1)!.layout as StoredLayout).links).toEqual({ A: 'S19.DEMO' })
  })

  it('is sent every two seconds while they keep coming, as when an edge is dragged for a minute', async () => {
    const { sent, change } = desk(async ({ revision }) => ({ revision: revision + 1 }))
    for (let step = 0; step < 600; step++) {
      change(`S${step}.DEMO`)
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.length).toBeGreaterThanOrEqual(29)
    expect(sent.length).toBeLessThanOrEqual(31)
    expect((sent.at(-1)!.layout as StoredLayout).links).toEqual({ A: 'S599.DEMO' })
    expect(sent.map(saved => saved.revision)).toEqual(sent.map((_, index) => 3 + index))
  })

  it('is not put off by a change that changes nothing', async () => {
    const { sent, bench, change } = desk(async () => ({ revision: 4 }))
    change('CLZ26.DEMO')
    for (let step = 0; step < 6; step++) {
      await vi.advanceTimersByTimeAsync(50)
      bench.setSubject('chart-1', 'CLZ26.DEMO')
    }
    expect(sent.length).toBe(1)
  })

  it('is sent at once when the page goes away', async () => {
    const { sent, change } = desk(async () => ({ revision: 4 }))
    change('CLZ26.DEMO')
    window.dispatchEvent(new Event('pagehide'))
    await vi.advanceTimersByTimeAsync(0)
    expect(sent.length).toBe(1)
  })

  it('is not sent when nothing differs', async () => {
    const { sent, bench, saver } = desk(async () => ({ revision: 4 }))
    bench.setSubject('nobody', 'X')
    await saver.flush()
    expect(sent).toEqual([])
    expect(bench.store.getState().saving).toBe('saved')
  })

  it('is never an empty dock that is being filled or taken down', async () => {
    const { sent, change, bench, saver } = desk(async () => ({ revision: 4 }))
    change('CLZ26.DEMO')
    bench.store.setState({ phase: 'loading' })
    await vi.advanceTimersByTimeAsync(300)
    await saver.flush()
    window.dispatchEvent(new Event('pagehide'))
    await vi.advanceTimersByTimeAsync(300)
    expect(sent).toEqual([])
  })

  it('waits for a person after another window changed the workspace', async () => {
    const { sent, change, saver, bench } = desk(async () => {
      throw new ORPCError('WORKSPACE_CHANGED', { status: 409, data: { revision: 9 } })
    })
    change('CLZ26.DEMO')
    await vi.advanceTimersByTimeAsync(300)
    change('CLF27.DEMO')
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.length).toBe(1)
    expect(bench.store.getState().saving).not.toBe('saved')
    saver.begin(bench.layout(), 9)
    change('CLG27.DEMO')
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.at(-1)?.revision).toBe(9)
  })

  it('is tried again with the next one when the host could not store it', async () => {
    let isDown = true
    const { sent, change, bench } = desk(async () => {
      if (isDown) throw new Error('the disk is full')
      return { revision: 4 }
    })
    change('CLZ26.DEMO')
    await vi.advanceTimersByTimeAsync(300)
    expect(bench.store.getState().saving).toBe('failed')
    isDown = false
    change('CLF27.DEMO')
    await vi.advanceTimersByTimeAsync(300)
    expect([sent.length, bench.store.getState().saving]).toEqual([2, 'saved'])
  })
})
