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
  flip: boolean
}

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
  const text = document.createTextNode('')
  element.append(text)
  const art = column.draw ? document.createElement('span') : null
  if (art) {
    art.className = styles.art ?? ''
    element.append(art)
  }
  return { element, text, art, shown: '', tone: 'plain', hint: '', number: Number.NaN, flip: false }
}

/** Writes what the column says of that row; a change of the same row's number flashes and leaves its direction. */
export function writeCell(drawn: DrawnCell, column: GridColumn, row: string, isSameRow: boolean): void {
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
    delete drawn.element.dataset.turn
    delete drawn.element.dataset.flash
  } else if (now !== before && !Number.isNaN(now) && !Number.isNaN(before)) {
    // Two names for one animation: giving the element the other name starts it again without a forced layout.
    drawn.flip = !drawn.flip
    drawn.element.dataset.turn = now > before ? 'up' : 'down'
    drawn.element.dataset.flash = `${now > before ? 'up' : 'down'}-${drawn.flip ? 'a' : 'b'}`
  }
}
