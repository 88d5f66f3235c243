import type { Bench } from './bench.ts'
import { type StoredLayout, shapeOf } from './layout.ts'

const DEPTH = 50
/** Changes closer together than this are one step: a drag makes several. */
const STEP_MS = 200

/** Undo and redo of the arrangement: which panels there are and where; not of what is set inside a panel. */
export interface History {
  undo(): void
  redo(): void
  /** Starts anew from what is on the bench, as after another workspace was opened. */
  reset(): void
}

export function createHistory(bench: Bench): History {
  let past: StoredLayout[] = []
  let future: StoredLayout[] = []
  let present: StoredLayout | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => bench.store.setState({ undoDepth: past.length, redoDepth: future.length })
  const shape = (layout: StoredLayout) => (layout.dock ? shapeOf(layout.dock) : '')

  function note(): void {
    timer = undefined
    const now = bench.layout()
    if (present && shape(present) !== shape(now)) {
      past = [...past, present].slice(-DEPTH)
      future = []
      tell()
    }
    present = now
  }

  function step(from: StoredLayout[], to: StoredLayout[]): void {
    if (timer !== undefined) {
      clearTimeout(timer)
      note()
    }
    const target = from.pop()
    if (!target) return
    if (present) to.push(present)
    present = target
    // Panels that stay keep what was set in them since; only those that come back bring what they had.
    const { panels, links } = bench.store.getState()
    bench.put({ ...target, panels: { ...target.panels, ...pick(panels, target.panels) }, links })
    clearTimeout(timer)
    timer = undefined
    tell()
  }

  bench.onChange(() => {
    if (bench.store.getState().phase === 'ready') timer ??= setTimeout(note, STEP_MS)
  })
  return {
    undo() {
      if (timer !== undefined) {
        clearTimeout(timer)
        note()
      }
      step(past, future)
    },
    redo: () => step(future, past),
    reset() {
      clearTimeout(timer)
      timer = undefined
      past = []
      future = []
      present = bench.layout()
      tell()
    },
  }
}

function pick<T>(all: Readonly<Record<string, T>>, wanted: object): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([id]) => id in wanted))
}
