import { createFlashes, type DrawnCell, drawCell, type GridStyles, writeCell } from './grid-cell.ts'
import type { GridColumn, GridLine } from './grid-model.ts'

/** Cell with the keyboard; line -1 is the header. */
export interface ActiveCell {
  readonly line: number
  readonly column: number
}

/** What the body of a grid is drawn from. */
export interface GridPicture {
  readonly lines: readonly GridLine[]
  readonly columns: readonly GridColumn[]
  readonly rowHeight: number
  readonly headerHeight: number
  readonly active: ActiveCell
  readonly selected: Pick<ReadonlySet<string>, 'has'>
  /** Row that the rest of the page is about. */
  readonly current: string | null
  /** Mark of a whole row, as `stale`; null for none. */
  readonly rowMark: ((row: string) => string | null) | null
  /** Rows that are drawn though they have no cells: `12 rows` of a group head. */
  readonly groupWords: (name: string, count: number) => string
}

/** The drawn part of a table: only the lines in view have elements, and a change of values touches only their text. */
export interface GridView {
  show(picture: GridPicture): void
  /** Writes the cells of the rows that changed; null writes all in view. */
  refresh(changed: ReadonlySet<string> | null): void
  /** Scrolls as little as is needed to bring a line into view. */
  reveal(line: number): void
  /** Lines that fit on a page. */
  pageSize(): number
  /** Line under an element of the body, -1 for none. */
  lineOf(target: EventTarget | null): number
  columnOf(target: EventTarget | null): number
  /** Rectangle of a cell that is in view. */
  cellBox(cell: ActiveCell): DOMRect | null
  close(): void
}

interface Slot {
  readonly element: HTMLElement
  cells: DrawnCell[]
  line: number
  key: string | null
  mark: string | null
}

/** Rows drawn beyond the edge, so that a quick turn of the wheel finds them ready. */
const BEYOND = 6

/** Draws the body of a grid into `body`, which must stand inside the element that scrolls. */
export function createGridView({
  scroller,
  body,
  styles,
  idPrefix,
}: {
  scroller: HTMLElement
  body: HTMLElement
  styles: GridStyles
  idPrefix: string
}): GridView {
  let picture: GridPicture | null = null
  let drawnColumns: readonly GridColumn[] = []
  const used = new Map<number, Slot>()
  const spare: Slot[] = []
  const flashes = createFlashes()
  let nextSlot = 0
  // Kept here, since asking the element for them between two writes costs a layout.
  let top = scroller.scrollTop
  let height = scroller.clientHeight

  function fillCells(slot: Slot, id: number): void {
    slot.cells = drawnColumns.map((column, at) => drawCell(column, at, styles, `${idPrefix}-${id}-${at}`))
    slot.element.replaceChildren(...slot.cells.map(cell => cell.element))
  }
  function makeSlot(): Slot {
    const element = document.createElement('div')
    element.setAttribute('role', 'row')
    element.className = styles.row ?? ''
    const slot: Slot = { element, cells: [], line: -1, key: null, mark: null }
    const id = nextSlot++
    element.dataset.slot = String(id)
    fillCells(slot, id)
    body.append(element)
    return slot
  }
  function drawGroup(slot: Slot, line: Extract<GridLine, { kind: 'group' }>, { groupWords }: GridPicture): void {
    const { element } = slot
    element.dataset.kind = 'group'
    element.setAttribute('aria-expanded', String(!line.folded))
    for (const cell of slot.cells) cell.element.hidden = true
    let head = element.querySelector<HTMLElement>(':scope > [data-head]')
    if (!head) {
      head = document.createElement('div')
      head.dataset.head = ''
      head.setAttribute('role', 'gridcell')
      head.className = styles.group ?? ''
      element.append(head)
    }
    head.id = `${idPrefix}-group-${element.dataset.slot}`
    head.textContent = `${line.name}  `
    const count = document.createElement('span')
    count.className = styles.count ?? ''
    count.textContent = groupWords(line.name, line.count)
    head.append(count)
  }
  function clearGroup(slot: Slot): void {
    slot.element.dataset.kind = 'row'
    slot.element.removeAttribute('aria-expanded')
    slot.element.querySelector(':scope > [data-head]')?.remove()
    for (const cell of slot.cells) cell.element.hidden = false
  }
  function writeRow(slot: Slot, key: string, shown: GridPicture): void {
    const isSameRow = slot.key === key
    slot.key = key
    for (let at = 0; at < slot.cells.length; at++) writeCell(slot.cells[at]!, drawnColumns[at]!, key, isSameRow, flashes)
    const mark = shown.rowMark?.(key) ?? null
    if (mark !== slot.mark) {
      slot.mark = mark
      if (mark === null) delete slot.element.dataset.mark
      else slot.element.dataset.mark = mark
    }
  }
  function writeState(slot: Slot, at: number, shown: GridPicture): void {
    const { element } = slot
    const isSelected = slot.key !== null && shown.selected.has(slot.key)
    element.setAttribute('aria-selected', String(isSelected))
    if (slot.key !== null && slot.key === shown.current) element.setAttribute('aria-current', 'true')
    else element.removeAttribute('aria-current')
    const isActive = at === shown.active.line
    if ((element.dataset.active === 'true') !== isActive) element.dataset.active = String(isActive)
    slot.cells.forEach((cell, column) => {
      const isActiveCell = isActive && column === shown.active.column
      if ((cell.element.dataset.active === 'true') !== isActiveCell) cell.element.dataset.active = String(isActiveCell)
    })
  }
  function place(slot: Slot, at: number, shown: GridPicture): void {
    const line = shown.lines[at]!
    if (slot.line !== at) {
      slot.line = at
      slot.element.style.transform = `translateY(${at * shown.rowHeight}px)`
      slot.element.setAttribute('aria-rowindex', String(at + 2)) // the header is row 1
      slot.element.dataset.parity = at % 2 === 0 ? 'even' : 'odd'
    }
    if (line.kind === 'group') {
      slot.key = null
      drawGroup(slot, line, shown)
    } else {
      if (slot.element.dataset.kind !== 'row') clearGroup(slot)
      writeRow(slot, line.key, shown)
    }
    writeState(slot, at, shown)
  }
  function range(shown: GridPicture): [number, number] {
    const from = Math.max(0, Math.floor(top / shown.rowHeight) - BEYOND)
    const to = Math.min(shown.lines.length, Math.ceil((top + height - shown.headerHeight) / shown.rowHeight) + BEYOND)
    return [from, Math.max(from, to)]
  }
  /** Brings the lines in view on screen; `there` says what is done to those that are there already. */
  function render(there: 'write' | 'mark' | 'leave'): void {
    if (!picture) return
    const [from, to] = range(picture)
    for (const [at, slot] of used) {
      if (at >= from && at < to) continue
      used.delete(at)
      slot.element.hidden = true
      spare.push(slot)
    }
    for (let at = from; at < to; at++) {
      const drawn = used.get(at)
      if (drawn && there !== 'write') {
        if (there === 'mark') writeState(drawn, at, picture)
        continue
      }
      const slot = drawn ?? spare.pop() ?? makeSlot()
      if (!drawn) {
        slot.element.hidden = false
        slot.key = null
        used.set(at, slot)
      }
      place(slot, at, picture)
    }
    writeActive()
  }
  function writeActive(): void {
    if (!picture) return
    const { line, column } = picture.active
    const slot = used.get(line)
    const cell = slot?.element.dataset.kind === 'group' ? slot.element.querySelector('[data-head]') : slot?.cells[column]?.element
    const id = line === -1 ? `${idPrefix}-head-${column}` : cell?.id
    if (id) scroller.setAttribute('aria-activedescendant', id)
    else scroller.removeAttribute('aria-activedescendant')
  }
  const onScroll = () => {
    top = scroller.scrollTop
    render('leave')
  }
  function scrollTo(wanted: number): void {
    scroller.scrollTop = wanted
    top = scroller.scrollTop // it may have been cut at the end
  }

  scroller.addEventListener('scroll', onScroll, { passive: true })
  const resized = new ResizeObserver(() => {
    height = scroller.clientHeight
    render('leave')
  })
  resized.observe(scroller)

  return {
    show(next) {
      const before = picture
      picture = next
      body.style.height = `${next.lines.length * next.rowHeight}px`
      if (next.columns !== drawnColumns) {
        drawnColumns = next.columns
        for (const slot of [...used.values(), ...spare]) {
          for (const cell of slot.cells) flashes.putOut(cell)
          fillCells(slot, Number(slot.element.dataset.slot))
          slot.key = null
        }
      }
      if (before && before.rowHeight !== next.rowHeight) for (const slot of [...used.values(), ...spare]) slot.line = -1
      const isSame =
        before?.lines === next.lines &&
        before.columns === next.columns &&
        before.rowHeight === next.rowHeight &&
        before.rowMark === next.rowMark &&
        before.groupWords === next.groupWords
      // A step of the keyboard changes no value: the cells stay as they are, and only their marks move.
      render(isSame ? 'mark' : 'write')
    },
    refresh(changed) {
      if (!picture) return
      flashes.ride()
      for (const slot of used.values()) {
        if (slot.key !== null && (changed === null || changed.has(slot.key))) writeRow(slot, slot.key, picture)
      }
    },
    reveal(line) {
      if (!picture || line < 0) return
      const place = line * picture.rowHeight
      const view = height - picture.headerHeight
      if (place < top) scrollTo(place)
      else if (place + picture.rowHeight > top + view) scrollTo(place + picture.rowHeight - view)
      render('leave')
    },
    pageSize: () => (picture ? Math.max(1, Math.floor((height - picture.headerHeight) / picture.rowHeight) - 1) : 1),
    lineOf(target) {
      const row = target instanceof Element ? target.closest<HTMLElement>('[data-slot]') : null
      if (!row || !body.contains(row)) return -1
      for (const [at, slot] of used) if (slot.element === row) return at
      return -1
    },
    columnOf(target) {
      const cell = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null
      return cell ? Number(cell.dataset.column) : 0
    },
    cellBox({ line, column }) {
      const slot = used.get(line)
      return (slot?.cells[column]?.element ?? slot?.element)?.getBoundingClientRect() ?? null
    },
    close() {
      scroller.removeEventListener('scroll', onScroll)
      resized.disconnect()
      flashes.close()
      body.replaceChildren()
    },
  }
}
