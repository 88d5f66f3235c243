import { useCallback, useEffect, useRef, useState } from 'react'
import type { ColorAnswer, ColorQuery } from '../../../contract/color-search.ts'
import { useConnection, useDesk, useStream } from '../../desk.tsx'

/** What a search asks without anything chosen: every color. */
export const EVERYTHING: ColorQuery = {
  ...{ text: '', cusips: [], sources: [], sectors: [], biases: [], assetClasses: [], processing: 'any' },
  ...{ from: null, to: null, priceFrom: null, priceTo: null, when: null, parentsOnly: false, hierarchy: false },
}

export type Facets = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['search']['facets']>>
export type Sort = { readonly field: string; readonly order: 'rising' | 'falling' } | null

/** Rows that a page has at first, and so many more each time that more are wanted. */
const PAGE = 500
/** Rows that the page holds; an export has all. */
export const MOST = 5000
/** Typing rests so long before it is asked. */
const REST_MS = 120

/** Answers to a query: those before stay until others are there, so that nothing jumps while somebody types. */
export function useSearch(query: ColorQuery, sort: Sort) {
  const desk = useDesk()
  const { generation } = useConnection()
  const [answer, setAnswer] = useState<ColorAnswer | null>(null)
  const [facets, setFacets] = useState<Facets | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isAsking, setAsking] = useState(true)
  const [wanted, setWanted] = useState(PAGE)
  const [turn, setTurn] = useState(0)
  const [change, setChange] = useState(0)
  const isFirst = useRef(true)
  useStream(
    'color-search',
    (host, signal) => host.color.runs.watch(undefined, { signal }),
    told => setChange(told.change),
  )
  const asked = JSON.stringify([query, sort])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins with its first page
  useEffect(() => setWanted(PAGE), [asked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    const stop = new AbortController()
    setAsking(true)
    const ask = () =>
      desk.color.search.find({ query, sort, offset: 0, limit: Math.min(MOST, wanted) }, { signal: stop.signal }).then(
        found => {
          setAnswer(found)
          setError(null)
          setAsking(false)
        },
        fault => {
          if (stop.signal.aborted) return
          setError(fault)
          setAsking(false)
        },
      )
    const timer = setTimeout(() => void ask(), isFirst.current ? 0 : REST_MS)
    isFirst.current = false
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [desk, asked, wanted, turn, change, generation])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    let isGone = false
    desk.color.search.facets().then(
      found => {
        if (!isGone) setFacets(found)
      },
      // The search itself says what is the matter.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [desk, turn, change, generation])
  return {
    ...{ answer, facets, error, isAsking },
    more: useCallback(() => setWanted(before => Math.min(MOST, before + PAGE)), []),
    retry: useCallback(() => setTurn(before => before + 1), []),
  }
}
