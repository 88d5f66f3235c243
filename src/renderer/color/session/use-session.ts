import { useEffect, useMemo, useRef, useState } from 'react'
import type { ConditionWire } from '../../../contract/color.ts'
import type { SessionView } from '../../../contract/color-sessions.ts'
import type { Client } from '../../../contract/index.ts'
import { type StreamState, useDesk, useStream } from '../../desk.tsx'
import { nowMicros } from '../../now.ts'
import { type CommandHost, type CommandQueue, createCommandQueue } from './command-queue.ts'
import { openRowBook, type RowBook, type RowSource, type RowsWanted, type SessionViewName } from './row-book.ts'
import { type UndoNames, undoNames } from './undo-names.ts'

/** The open sessions, followed as they change; null until the host answered. */
export function useSessions(): { readonly sessions: readonly SessionView[] | null; readonly stream: StreamState } {
  const [sessions, setSessions] = useState<readonly SessionView[] | null>(null)
  const stream = useStream(
    'color-sessions',
    (desk, signal) => desk.color.sessions.watch(undefined, { signal }),
    value => setSessions(value.sessions),
  )
  return { sessions, stream }
}

const withFilter = ({ session, view, when, text }: RowsWanted) => ({ session, view, text, ...(when ? { when } : {}) })

function rowSource(desk: Client): RowSource {
  return {
    rows: ({ offset, limit, ...wanted }) => desk.color.sessions.rows({ ...withFilter(wanted), offset, limit }),
    ids: async wanted => (await desk.color.sessions.ids(withFilter(wanted))).rowIds,
  }
}

async function readSession(desk: Client, id: string): Promise<SessionView> {
  const { sessions } = await desk.color.sessions.list({ ended: true })
  const found = sessions.find(session => session.id === id)
  if (found) return found
  // The host says in its own words that there is none.
  await desk.color.sessions.history({ session: id, limit: 1 })
  throw new Error(id)
}

function commandHost(desk: Client, id: string, messageOf: (rowId: string) => string | null): CommandHost {
  return {
    run: (revision, command) => desk.color.sessions.run({ session: id, revision, command }),
    read: () => readSession(desk, id),
    async cell(rowId, field) {
      const value = messageOf(rowId)
      const when: ConditionWire | undefined = value ? { kind: 'test', field: 'MESSAGE_ID', operator: 'is', value } : undefined
      const wanted = { session: id, view: 'working', text: '', offset: 0, limit: 5000, ...(when ? { when } : {}) } as const
      const { rows } = await desk.color.sessions.rows(wanted)
      return rows.find(row => row.rowId === rowId)?.cells[field]
    },
  }
}

/** What is being done in a session, and when the last of it was kept. */
export interface SessionWork {
  readonly session: SessionView
  readonly queue: CommandQueue
  readonly waiting: number
  /** When the host last said that a command stands; null where none was given here. */
  readonly keptAt: number | null
  /** Another number with every change of a cell or of the session. */
  readonly turn: number
}

/** Commands of one session, and the session as the newest of answer and stream has it. */
export function useSessionWork(start: SessionView, messageOf: (rowId: string) => string | null): SessionWork {
  const desk = useDesk()
  const [state, setState] = useState({ session: start, turn: 0, waiting: 0, keptAt: null as number | null })
  const known = useRef(messageOf)
  known.current = messageOf
  // biome-ignore lint/correctness/useExhaustiveDependencies: a session is followed from where it was opened
  const queue = useMemo(() => {
    const host = commandHost(desk, start.id, rowId => known.current(rowId))
    const run: CommandHost['run'] = async (revision, command) => {
      const done = await host.run(revision, command)
      setState(before => ({ ...before, keptAt: nowMicros() }))
      return done
    }
    const made: CommandQueue = createCommandQueue(start, { ...host, run }, session =>
      setState(({ turn, keptAt }) => ({ session, turn: turn + 1, waiting: made.waiting(), keptAt })),
    )
    return made
  }, [desk, start.id])
  useEffect(() => queue.heard(start), [queue, start])
  return { ...state, queue }
}

/** The rows of a view. What was shown before stays until the first rows of another view are there. */
export function useRowBook(
  { id, revision }: SessionView,
  view: SessionViewName,
  when: ConditionWire | null,
  text: string,
  { queue, waiting }: Pick<SessionWork, 'queue' | 'waiting'>,
): { readonly book: RowBook; readonly turn: number } {
  const desk = useDesk()
  const [turn, setTurn] = useState(0)
  const source = useMemo(() => rowSource(desk), [desk])
  const whenKey = when ? JSON.stringify(when) : ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: a condition is known by its contents
  const wanted = useMemo<RowsWanted>(() => ({ session: id, view, when, text }), [id, view, whenKey, text])
  const [current, setCurrent] = useState<RowBook>(() => openRowBook(wanted, source, () => setTurn(before => before + 1)))
  const latest = useRef({ wanted, book: current })
  useEffect(() => {
    if (latest.current.wanted === wanted) return
    let isThere = false
    const next = openRowBook(wanted, source, () => {
      if (!isThere) {
        isThere = true
        setCurrent(next)
      }
      setTurn(before => before + 1)
    })
    latest.current.book.close()
    latest.current = { wanted, book: next }
  }, [wanted, source])
  useEffect(() => {
    // While somebody types on, what was typed shows; rows that are read in between would be old when they come.
    if (waiting === 0 && current.revision() < revision) current.renew()
  }, [current, revision, waiting])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn may show rows of a later revision
  useEffect(() => queue.shown(current.revision()), [queue, current, turn])
  return { book: current, turn }
}

/** What undo and redo would do, in the words of the history, once commands rest for a moment. */
export function useUndoNames({ id, revision }: SessionView): UndoNames {
  const desk = useDesk()
  const [names, setNames] = useState<UndoNames>({ undo: null, redo: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision is another history
  useEffect(() => {
    let isGone = false
    const timer = setTimeout(() => {
      desk.color.sessions.history({ session: id, limit: 200 }).then(
        ({ entries }) => !isGone && setNames(undoNames(entries)),
        () => undefined, // the kind that the session itself names is enough
      )
    }, 120)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [desk, id, revision])
  return names
}
