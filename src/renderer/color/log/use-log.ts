import { useCallback, useEffect, useState } from 'react'
import type { ColorLogEntry, ThreeWay } from '../../../contract/color-log.ts'
import type { Client } from '../../../contract/index.ts'
import { useConnection, useDesk, useStream } from '../../desk.tsx'

export type LogModule = ColorLogEntry['module']

/** Changes of one module that stand together. */
export interface LogGroup {
  /** Null where modules are mixed. */
  readonly module: LogModule | null
  readonly entries: readonly ColorLogEntry[]
}

const EACH = 4
const PAGE = 100
/** The most that the host gives at once. */
const MOST = 500

export interface LogQuestion {
  readonly view: 'recent' | 'all'
  readonly module: LogModule | null
  readonly text: string
}

/** Number of the newest change; grows with every change and every connection. */
export function useNewest(): number {
  const { generation } = useConnection()
  const [newest, setNewest] = useState(0)
  useStream(
    'color-log',
    (desk, signal) => desk.color.log.watch(undefined, { signal }),
    ({ entry }) => setNewest(entry),
  )
  return newest + generation / 1000
}

async function readAll(desk: Client, { module, text }: LogQuestion, wanted: number): Promise<readonly ColorLogEntry[]> {
  const entries: ColorLogEntry[] = []
  while (entries.length < wanted) {
    const limit = Math.min(MOST, wanted - entries.length)
    const before = entries.at(-1)?.entry
    const input = { limit, ...(module ? { module } : {}), ...(text === '' ? {} : { text }), ...(before ? { before } : {}) }
    const { entries: page } = await desk.color.log.list(input)
    entries.push(...page)
    if (page.length < limit) break
  }
  return entries
}

/** What the log says to a question, read again with every change. */
export function useLog({ view, module, text }: LogQuestion, newest: number) {
  const desk = useDesk()
  const question = `${view} ${module} ${text}`
  const [known, setKnown] = useState<{ question: string; groups: readonly LogGroup[]; hasMore: boolean } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const [more, setMore] = useState({ question, wanted: PAGE })
  const wanted = more.question === question ? more.wanted : PAGE
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change and a retry ask again
  useEffect(() => {
    let isGone = false
    const read = async () => {
      if (view === 'recent') {
        const { modules } = await desk.color.log.recent({ each: EACH })
        return { question, groups: modules as readonly LogGroup[], hasMore: false }
      }
      const entries = await readAll(desk, { view, module, text }, wanted)
      return { question, groups: [{ module: null, entries }], hasMore: entries.length >= wanted }
    }
    read().then(
      next => {
        if (isGone) return
        setKnown(next)
        setError(null)
      },
      fault => !isGone && setError(fault),
    )
    return () => {
      isGone = true
    }
  }, [desk, view, module, text, wanted, newest, turn])
  return {
    // Another view has another shape; another text only narrows, so the list before stays until the answer is there.
    known: known?.question.split(' ')[0] === view ? known : null,
    error,
    retry: useCallback(() => setTurn(before => before + 1), []),
    older: () => setMore({ question, wanted: wanted + PAGE }),
  }
}

/** A change with its three states, read again with every change; null entry reads nothing. */
export function useLook(entry: number | null, newest: number) {
  const desk = useDesk()
  const [known, setKnown] = useState<{ look: ThreeWay } | { fault: unknown; entry: number } | null>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change and a retry ask again
  useEffect(() => {
    if (entry === null) return
    let isGone = false
    desk.color.log.look({ entry }).then(
      look => !isGone && setKnown({ look }),
      fault => !isGone && setKnown({ fault, entry }),
    )
    return () => {
      isGone = true
    }
  }, [desk, entry, newest, turn])
  const retry = useCallback(() => setTurn(before => before + 1), [])
  const isCurrent = known !== null && ('look' in known ? known.look.entry.entry : known.entry) === entry
  return {
    look: isCurrent && 'look' in known ? known.look : null,
    error: isCurrent && 'fault' in known ? known.fault : null,
    retry,
  }
}
