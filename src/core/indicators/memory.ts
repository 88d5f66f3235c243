/** Numbers of which one is written a step, so that the last write can be taken back. */
export interface Slots {
  readonly data: Float64Array
  write(index: number, value: number): void
}

/**
 * All that an indicator remembers from bar to bar, with one step of undo.
 *
 * A live bar changes many times before it closes; `mark` before a step and `rewind` after it make the step forgettable
 * without keeping a copy of whole windows.
 */
export interface Memory {
  /** A few numbers, copied whole at each mark. */
  scalars(count: number): Float64Array
  /** A window of numbers; at most one write a step. */
  slots(count: number): Slots
  mark(): void
  rewind(): void
}

interface UndoableSlots extends Slots {
  forget(): void
  undo(): void
}

function createSlots(count: number): UndoableSlots {
  const data = new Float64Array(count)
  let at = -1
  let before = 0
  return {
    data,
    write(index, value) {
      at = index
      before = data[index]!
      data[index] = value
    },
    forget() {
      at = -1
    },
    undo() {
      if (at >= 0) data[at] = before
      at = -1
    },
  }
}

/** An empty memory; scalars and slots are asked for before the first step. */
export function createMemory(): Memory {
  const scalars: { readonly live: Float64Array; readonly kept: Float64Array }[] = []
  const slots: UndoableSlots[] = []
  return {
    scalars(count) {
      const live = new Float64Array(count)
      scalars.push({ live, kept: new Float64Array(count) })
      return live
    },
    slots(count) {
      const made = createSlots(count)
      slots.push(made)
      return made
    },
    mark() {
      for (const { live, kept } of scalars) kept.set(live)
      for (const one of slots) one.forget()
    },
    rewind() {
      for (const { live, kept } of scalars) live.set(kept)
      for (const one of slots) one.undo()
    },
  }
}
