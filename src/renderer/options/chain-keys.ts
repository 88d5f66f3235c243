import { type GridLine, moveActive } from '../ui/grid-model.ts'
import { readRowKey } from './chain-model.ts'

/** What the keys of a chain act on. */
export interface ChainKeys {
  readonly lines: readonly GridLine[]
  readonly columns: number
  readonly active: { readonly line: number; readonly column: number }
  page(): number
  /** Digits of a strike that are being typed. */
  readonly typed: string
  setTyped(text: string): void
  move(next: { readonly line: number; readonly column: number }): void
  toMoney(): void
  open(row: string): void
  payoff(row: string): void
  expiry(by: 1 | -1): void
  fold(name: string): void
  copy(row: string): void
  /** Escape; tells whether it meant something. */
  leave(): boolean
}

/** Line of the strike that is typed: the nearest one from the first whose digits begin so; in the expiry at hand where blocks are stacked. */
export function strikeLine(lines: readonly GridLine[], typed: string, from: number): number {
  const wanted = Number(typed.replace(',', '.'))
  if (typed === '' || !Number.isFinite(wanted)) return -1
  const here = lines[from]
  const expiry = here?.kind === 'row' ? readRowKey(here.key).expiry : null
  let best = -1
  let distance = Number.POSITIVE_INFINITY
  for (const [at, line] of lines.entries()) {
    if (line.kind !== 'row') continue
    const row = readRowKey(line.key)
    if (expiry !== null && row.expiry !== expiry) continue
    const away = String(row.strike).startsWith(typed) && row.strike !== wanted ? 1e-6 * at : Math.abs(row.strike - wanted)
    if (away < distance) {
      best = at
      distance = away
    }
  }
  return best
}

function typeStrike(event: React.KeyboardEvent, keys: ChainKeys): boolean {
  const isDigit = /^[0-9.,]$/.test(event.key)
  if (!isDigit && !(keys.typed && event.key === 'Backspace')) return false
  const text = isDigit ? keys.typed + event.key : keys.typed.slice(0, -1)
  keys.setTyped(text)
  const line = strikeLine(keys.lines, text, keys.active.line)
  if (line >= 0) keys.move({ line, column: keys.active.column })
  return true
}

function pressOnLine(event: React.KeyboardEvent, keys: ChainKeys): boolean {
  const line = keys.lines[keys.active.line]
  if (line?.kind === 'group') {
    const folds = (event.key === 'ArrowLeft' && !line.folded) || (event.key === 'ArrowRight' && line.folded)
    if (!folds && event.key !== 'Enter' && event.key !== ' ') return false
    keys.fold(line.name)
    return true
  }
  if (!line) return false
  if (event.key === 'Enter') keys.open(line.key)
  else if (event.key === 'p') keys.payoff(line.key)
  else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) keys.copy(line.key)
  else return false
  return true
}

function answer(event: React.KeyboardEvent, keys: ChainKeys): boolean {
  if (typeStrike(event, keys)) return true
  keys.setTyped('')
  if (event.key === 'Escape') return keys.typed !== '' || keys.leave()
  if (pressOnLine(event, keys)) return true
  // Many keyboards write brackets with AltGr, which says Ctrl and Alt.
  if (event.key === '[' || event.key === ']') {
    keys.expiry(event.key === '[' ? -1 : 1)
    return true
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  if (event.key === 'm') {
    keys.toMoney()
    return true
  }
  const size = { lines: keys.lines.length, columns: keys.columns, page: keys.page() }
  const next = moveActive(event.key, keys.active, size)
  if (!next) return false
  keys.move({ line: Math.max(0, next.line), column: next.column })
  return true
}

/** Answers a key on the rows of a chain; one that means nothing here goes on to the page. */
export function pressChainKey(event: React.KeyboardEvent, keys: ChainKeys): void {
  if (event.target !== event.currentTarget || !answer(event, keys)) return
  event.preventDefault()
  event.stopPropagation()
}
