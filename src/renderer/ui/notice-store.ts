import { createStore, useStore } from 'zustand'
import { nowMicros } from '../now.ts'

export type NoticeTone = 'info' | 'good' | 'warn' | 'bad'

export interface NoticeAction {
  readonly label: string
  run(): void
}

/** Something that happened, said at the side; never in the way. */
export interface Notice {
  readonly id: number
  readonly at: number
  readonly tone: NoticeTone
  readonly text: string
  readonly actions: readonly NoticeAction[]
  /** What a report needs, for copying. */
  readonly details: string | null
  /** Still at the side; afterwards only in the inbox. */
  readonly isShown: boolean
  readonly isRead: boolean
  /** A later notice of the same key replaces this one. */
  readonly key: string | null
}

interface Notices {
  readonly list: readonly Notice[]
}

const KEPT = 100
const store = createStore<Notices>(() => ({ list: [] }))
let lastId = 0

export interface NoticeRequest {
  tone: NoticeTone
  text: string
  actions?: readonly NoticeAction[]
  details?: string | null
  key?: string
  /** Seconds at the side; warnings and failures stay until they are dismissed where nothing is said. */
  seconds?: number
}

/** Shows a notice at the side and keeps it in the inbox; returns its id. */
export function notify({ tone, text, actions = [], details = null, key, seconds }: NoticeRequest): number {
  const id = ++lastId
  const notice: Notice = { id, at: nowMicros(), tone, text, actions, details, isShown: true, isRead: false, key: key ?? null }
  store.setState(({ list }) => ({ list: [notice, ...list.filter(other => !key || other.key !== key)].slice(0, KEPT) }))
  const showFor = seconds ?? (tone === 'good' || tone === 'info' ? 6 : actions.length > 0 ? null : 12)
  if (showFor !== null) setTimeout(() => hideNotice(id), showFor * 1000)
  return id
}

/** Takes a notice from the side; it stays in the inbox. */
export function hideNotice(id: number): void {
  store.setState(({ list }) => ({ list: list.map(notice => (notice.id === id ? { ...notice, isShown: false } : notice)) }))
}

/** Takes away a notice whose cause is gone. */
export function withdrawNotice(key: string): void {
  store.setState(({ list }) => ({ list: list.filter(notice => notice.key !== key) }))
}

export function markNoticesRead(): void {
  store.setState(({ list }) => ({ list: list.map(notice => ({ ...notice, isRead: true, isShown: false })) }))
}

export function clearNotices(): void {
  store.setState({ list: [] })
}

export function useNotices(): readonly Notice[] {
  return useStore(store, state => state.list)
}
