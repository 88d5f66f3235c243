import type { GridColumn, Tone } from './grid-model.ts'

/** Names of the styles that the drawn rows use. */
export interface GridStyles {
  readonly [name: string]: string
}

/** One cell on screen and what was last written into it, so that only a difference costs anything. */
export interface DrawnCell {
  readonly element: HTMLElement
  readonly text: Text
  readonly art: HTMLElement | null
  shown: string
  tone: Tone
  hint: string
  number: number
  turn: Turn | null
  flash: Flash | null
  /** Beats for which it stays lit. */
  lit: number
}

type Turn = 'up' | 'down'
type Flash = Turn | 'up-end' | 'down-end'

/** A flash holds for two beats and is weaker for a third: a quarter of a second. */
const BEAT_MS = 80
const LATE_MS = 40
const LIT_BEATS = 3

/** An empty cell of that column; `at` is its place from the left. */
export function drawCell(column: GridColumn, at: number, styles: GridStyles, id: string): DrawnCell {
  const element = document.createElement('div')
  element.setAttribute('role', 'gridcell')
  element.setAttribute('aria-colindex', String(at + 1))
  element.id = id
  element.className = styles.cell ?? ''
  element.dataset.align = column.align
  element.dataset.column = String(at)
  if (column.pinned) element.dataset.pinned = 'true'
  element.style.width = `var(--w${at})`
  element.style.opacity = `var(--o${at})`
  const text = document.createTextNode('')
  element.append(text)
  const art = column.draw ? document.createElement('span') : null
  if (art) {
    art.className = styles.art ?? ''
    element.append(art)
  }
  return { element, text, art, shown: '', tone: 'plain', hint: '', number: Number.NaN, turn: null, flash: null, lit: 0 }
}

function setTurn(drawn: DrawnCell, turn: Turn | null): void {
  if (turn === drawn.turn) return
  drawn.turn = turn
  if (turn) drawn.element.dataset.turn = turn
  else delete drawn.element.dataset.turn
}
function setFlash(drawn: DrawnCell, flash: Flash | null): void {
  if (flash === drawn.flash) return
  drawn.flash = flash
  if (flash) drawn.element.dataset.flash = flash
  else delete drawn.element.dataset.flash
}

/** Cells that flash, and the one timer that lets them go out. */
export interface Flashes {
  light(drawn: DrawnCell, turn: Turn): void
  putOut(drawn: DrawnCell): void
  /** Called in a frame that is drawn anyway, so that the next beat needs no frame of its own. */
  ride(): void
  close(): void
}

/**
 * Flashes without animations: a browser styles every animated element anew in each frame, which costs a live table more than
 * all of its values. A cell that changes again the same way while it is lit costs nothing here.
 */
export function createFlashes(): Flashes {
  const lit = new Set<DrawnCell>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = 0
  // The timer is late on purpose: where values stream in, a frame that is drawn anyway comes first.
  const schedule = () => {
    due = performance.now() + BEAT_MS
    timer = setTimeout(beat, BEAT_MS + LATE_MS)
  }
  const beat = () => {
    clearTimeout(timer)
    timer = undefined
    for (const drawn of lit) {
      drawn.lit--
      if (drawn.lit <= 0) putOut(drawn)
      else if (drawn.lit === 1 && drawn.turn) setFlash(drawn, `${drawn.turn}-end`)
    }
    if (lit.size > 0) schedule()
  }
  function putOut(drawn: DrawnCell): void {
    if (lit.delete(drawn)) setFlash(drawn, null)
  }
  return {
    light(drawn, turn) {
      drawn.lit = LIT_BEATS
      lit.add(drawn)
      setFlash(drawn, turn)
      if (timer === undefined) schedule()
    },
    putOut,
    ride() {
      if (timer !== undefined && performance.now() >= due) beat()
    },
    close: () => clearTimeout(timer),
  }
}

/** Writes what the column says of that row; a change of the same row's number flashes and leaves its direction. */
export function writeCell(drawn: DrawnCell, column: GridColumn, row: string, isSameRow: boolean, flashes: Flashes): void {
  const cell = column.cell(row)
  if (cell.text !== drawn.shown) {
    drawn.shown = cell.text
    drawn.text.data = cell.text
  }
  const tone = cell.tone ?? 'plain'
  if (tone !== drawn.tone) {
    drawn.tone = tone
    drawn.element.dataset.tone = tone
  }
  const hint = cell.hint ?? ''
  if (hint !== drawn.hint) {
    drawn.hint = hint
    if (hint) drawn.element.title = hint
    else drawn.element.removeAttribute('title')
  }
  if (drawn.art) column.draw?.(drawn.art, row)
  if (!column.flashes) return
  const before = drawn.number
  const now = cell.number ?? Number.NaN
  drawn.number = now
  if (!isSameRow) {
    flashes.putOut(drawn)
    setTurn(drawn, null)
  } else if (now !== before && !Number.isNaN(now) && !Number.isNaN(before)) {
    const turn = now > before ? 'up' : 'down'
    setTurn(drawn, turn)
    flashes.light(drawn, turn)
  }
}
