import type { ConditionWire } from '../../../contract/color.ts'
import type { SESSION_VIEWS, SessionRow } from '../../../contract/color-sessions.ts'
import { type Fold, type FoldedLines, foldLines } from './fold-lines.ts'

export type SessionViewName = (typeof SESSION_VIEWS)[number]

/** Which rows of a session are wanted. */
export interface RowsWanted {
  readonly session: string
  readonly view: SessionViewName
  readonly when: ConditionWire | null
  readonly text: string
}

/** The host, as far as rows are read from it. */
export interface RowSource {
  rows(
    wanted: RowsWanted & { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly revision: number; readonly total: number; readonly rows: readonly SessionRow[] }>
  ids(wanted: RowsWanted): Promise<readonly string[]>
}

/** Rows of one view of a session, read a page at a time as they come into sight. */
export interface RowBook {
  readonly wanted: RowsWanted
  /** Whether children stand under their parents. */
  readonly isGrouped: boolean
  /** Null until the first page was read. */
  total(): number | null
  revision(): number
  lines(): FoldedLines
  /** The row of a line; undefined while it is on its way. */
  row(line: number): SessionRow | undefined
  /** Says which lines are in sight, so that they are read first. */
  look(from: number, to: number): void
  /** Reads what is in sight anew; what is shown stays until that is there. */
  renew(): void
  /** Opens or folds the group of a parent. */
  toggle(parent: SessionRow): void
  /** Whether the children of a parent are shown; null where there are none, or where groups are not turned. */
  isOpen(row: SessionRow): boolean | null
  /** Ids of the lines between two, both included. */
  idsBetween(from: number, to: number): Promise<readonly string[]>
  allIds(): Promise<readonly string[]>
  /** The line of a row by its id; -1 where the view has it not. */
  lineOfRow(rowId: string): Promise<number>
  fault(): unknown
  close(): void
}

const PAGE = 200
/** Pages kept around what is in sight: 12,000 rows. */
const KEPT = 60
const AT_ONCE = 2
/** Turned groups that are followed; further ones fall back to what is usual. */
const MOST_TURNED = 200

/** One state of the list. Pages of two revisions never stand beside each other. */
interface Snapshot {
  readonly revision: number
  readonly total: number
  readonly pages: Map<number, readonly SessionRow[]>
  readonly folds: readonly Fold[]
  readonly groups: ReadonlyMap<string, readonly SessionRow[]>
  readonly lines: FoldedLines
}

const EMPTY: FoldedLines = foldLines(0, [], true)

/** Whether groups can be turned in a view, and which way they are usually. */
const foldingOf = ({ view, when, text }: RowsWanted) =>
  view === 'parents' ? ('opens' as const) : view === 'working' && !when && text === '' ? ('folds' as const) : null

/** Reads rows of a session for a sheet; `onChange` is called whenever something of what is in sight is another. */
export function openRowBook(wanted: RowsWanted, source: RowSource, onChange: () => void): RowBook {
  const folding = foldingOf(wanted)
  const turned = new Map<string, string>()
  let shown: Snapshot | null = null
  let fault: unknown = null
  let isClosed = false
  let sight = { from: 0, to: 60 }
  let renewal: Promise<void> | null = null
  let isStale = false
  const loading = new Set<number>()

  const pageOf = (offset: number) => Math.floor(offset / PAGE)
  function offsetsInSight(lines: FoldedLines): [number, number] {
    if (lines.count === 0) return [0, 0]
    const last = lines.count - 1
    const offsets = [Math.min(sight.from, last), Math.min(sight.to, last)].map(line => {
      const place = lines.place(line)
      if (place.kind === 'row') return place.offset
      return shown?.folds.find(({ cusip }) => cusip === place.cusip)?.at ?? 0
    })
    return [offsets[0]!, offsets[1]!]
  }
  const load = (page: number) => source.rows({ ...wanted, offset: page * PAGE, limit: PAGE })

  /** Where the turned groups stand now, with their rows: the parent may be another row than before. */
  async function locate(): Promise<Pick<Snapshot, 'folds' | 'groups'>> {
    if (turned.size === 0 || !folding) return { folds: [], groups: new Map() }
    const of = [...turned.keys()].map(value => ({ kind: 'test', field: 'CUSIP', operator: 'is', value }) as const)
    const [{ rows }, ids] = await Promise.all([
      source.rows({ session: wanted.session, view: 'working', when: { kind: 'any', of }, text: '', offset: 0, limit: 5000 }),
      source.ids(wanted),
    ])
    const places = new Map(ids.map((id, at) => [id, at]))
    const groups = new Map<string, SessionRow[]>()
    for (const row of rows) {
      const cusip = row.cells.CUSIP ?? ''
      groups.set(cusip, [...(groups.get(cusip) ?? []), row])
    }
    const folds = [...turned.keys()].flatMap((cusip): Fold[] => {
      const group = groups.get(cusip) ?? []
      const at = places.get(group.find(({ parentRowId }) => parentRowId === null)?.rowId ?? '')
      return at === undefined || group.length < 2 ? [] : [{ cusip, at, children: group.length - 1 }]
    })
    const children = [...groups].map(
      ([cusip, group]) => [cusip, group.filter(({ parentRowId }) => parentRowId !== null)] as const,
    )
    return { folds, groups: new Map(children) }
  }

  async function readAnew(): Promise<void> {
    const [from, to] = shown ? offsetsInSight(shown.lines) : [0, PAGE - 1]
    const wantedPages = [...new Set([pageOf(from), pageOf(to)])]
    const [located, ...answers] = await Promise.all([locate(), ...wantedPages.map(load)])
    const newest = answers.at(-1)!
    // Somebody else's command came in between: the pages are not of one state.
    if (answers.some(({ revision }) => revision !== newest.revision)) {
      isStale = true
      return
    }
    const pages = new Map(answers.map(({ rows }, at) => [wantedPages[at]!, rows]))
    const lines = foldLines(newest.total, located.folds, folding === 'opens')
    shown = { revision: newest.revision, total: newest.total, pages, ...located, lines }
    loading.clear()
  }
  function renew(): void {
    if (isClosed) return
    if (renewal) {
      isStale = true
      return
    }
    isStale = false
    renewal = readAnew()
      .then(
        () => {
          fault = null
        },
        why => {
          fault = why
        },
      )
      .finally(() => {
        renewal = null
        if (isClosed) return
        if (isStale) renew()
        else {
          onChange()
          fill()
        }
      })
  }

  /** Reads pages in sight and beside it that are not there yet. */
  function fill(): void {
    if (!shown || isClosed) return
    const [from, to] = offsetsInSight(shown.lines)
    const last = pageOf(Math.max(0, shown.total - 1))
    const [first, end] = [pageOf(from), Math.min(last, pageOf(to))]
    const near = [...Array.from({ length: end - first + 1 }, (_, k) => first + k), end + 1, first - 1]
    for (const page of near) {
      if (page < 0 || page > last || shown.pages.has(page) || loading.has(page)) continue
      if (loading.size >= AT_ONCE) return
      void fetchPage(page, shown)
    }
  }
  async function fetchPage(page: number, into: Snapshot): Promise<void> {
    loading.add(page)
    try {
      const { revision, rows } = await load(page)
      if (shown !== into || isClosed) return
      loading.delete(page)
      if (revision !== into.revision) return renew()
      into.pages.set(page, rows)
      forget(into)
      onChange()
      fill()
    } catch (why) {
      if (shown !== into || isClosed) return
      loading.delete(page)
      fault = why
      onChange()
    }
  }
  function forget({ pages, lines }: Snapshot): void {
    if (pages.size <= KEPT) return
    const middle = pageOf(offsetsInSight(lines)[0])
    const farthest = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const page of farthest.slice(0, pages.size - KEPT)) pages.delete(page)
  }
  function row(line: number): SessionRow | undefined {
    if (!shown || line < 0 || line >= shown.lines.count) return undefined
    const place = shown.lines.place(line)
    if (place.kind === 'child') return shown.groups.get(place.cusip)?.[place.index]
    return shown.pages.get(pageOf(place.offset))?.[place.offset % PAGE]
  }

  renew()
  return {
    wanted,
    isGrouped: wanted.view === 'working' || wanted.view === 'parents',
    total: () => shown?.total ?? null,
    revision: () => shown?.revision ?? -1,
    lines: () => shown?.lines ?? EMPTY,
    row,
    look(from, to) {
      sight = { from: Math.max(0, from), to: Math.max(0, to) }
      fill()
    },
    renew,
    toggle(parent) {
      const cusip = parent.cells.CUSIP
      if (!folding || !cusip || parent.parentRowId !== null) return
      if (!turned.delete(cusip)) {
        turned.set(cusip, parent.rowId)
        if (turned.size > MOST_TURNED) turned.delete(turned.keys().next().value as string)
      }
      renew()
    },
    isOpen({ cells, parentRowId, childrenCount }) {
      if (!folding || parentRowId !== null || childrenCount === 0) return null
      return turned.has(cells.CUSIP ?? '') === (folding === 'opens')
    },
    async idsBetween(from, to) {
      const [low, high] = [Math.min(from, to), Math.max(from, to)]
      const rows = Array.from({ length: high - low + 1 }, (_, k) => row(low + k))
      if (rows.every(one => one !== undefined)) return rows.map(one => one.rowId)
      const lines = shown?.lines ?? EMPTY
      const ids = await source.ids(wanted)
      return Array.from({ length: high - low + 1 }, (_, k) => low + k).flatMap(line => {
        const place = lines.place(line)
        return place.kind === 'row' ? (ids[place.offset] ?? []) : (row(line)?.rowId ?? [])
      })
    },
    allIds: () => source.ids(wanted),
    async lineOfRow(rowId) {
      const at = (await source.ids(wanted)).indexOf(rowId)
      return at < 0 ? -1 : (shown?.lines ?? EMPTY).lineOf(at)
    },
    fault: () => fault,
    close() {
      isClosed = true
    },
  }
}
