import type { ColorLogEntry, ColorModule } from '../../../contract/color-log.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'

/** Something configured as it stood; null where there was nothing. */
export type LogState = { readonly name: string; readonly value: unknown } | null

/** One change of something that is configured, whoever keeps it. */
export interface LogChange {
  readonly entry: number
  readonly at: EpochMicros
  readonly user: string
  readonly module: ColorModule
  readonly id: string
  readonly action: ColorLogEntry['action']
  readonly before: LogState
  readonly after: LogState
  /** The entry that this one takes back. */
  readonly reverts: number | null
}

const MOST_FIELDS = 200

/** What changed, field by field, as text; `name`, and what lies in the value by its path, as `when.of[0].value`. */
export function fieldChanges(before: LogState, after: LogState): ColorLogEntry['changes'] {
  const [old, now] = [leavesOf(before), leavesOf(after)]
  const fields = new Set([...old.keys(), ...now.keys()])
  const changed = [...fields].flatMap(field => {
    const [was, is] = [old.get(field) ?? null, now.get(field) ?? null]
    return was === is ? [] : [{ field, before: was, after: is }]
  })
  return changed.slice(0, MOST_FIELDS)
}

function leavesOf(state: LogState): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>()
  if (!state) return leaves
  leaves.set('name', state.name)
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value) && value.length > 0) for (const [at, item] of value.entries()) walk(item, `${path}[${at}]`)
    else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`)
    else if (value !== undefined) leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  walk(state.value, '')
  return leaves
}

/** A state as lines that can be compared: keys in order, so that equal states have equal text. */
export function stateText(state: LogState): string | null {
  return state && JSON.stringify(inOrder({ name: state.name, value: state.value }), null, 2)
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, item]) => [key, inOrder(item)]))
}
