import type { ColorRow } from '../../../core/color/color-row.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import { type ColorSession, foldSteps } from '../../../core/color/session.ts'
import type { SessionCommand } from '../../../core/color/session-command.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Journal } from '../../../platform/journal.ts'
import type { Entitled } from '../entitled.ts'
import { inSlices } from './in-slices.ts'
import type { Asking } from './session-asked.ts'
import { COMMAND, type CommandBody, entriesOf, PUBLISHED, type PublishedBody, type SessionHead } from './session-entries.ts'
import { type RowsAsked, rowsAsked } from './session-rows.ts'

interface LiveParts {
  readonly journal: Pick<Journal, 'read'>
  readonly asking: Pick<Asking, 'again'>
  readonly clock: Pick<Clock, 'monotonic'>
  /** In force now: sessions are looked at under these, whatever they began with. */
  readonly limits: () => readonly SectorLimit[]
}

/** Sessions in memory: one that nobody looks at is folded again from the journal when somebody does. */
export interface LiveSessions {
  of(head: SessionHead): Promise<ColorSession>
  set(id: string, session: ColorSession): void
  forget(id: string): void
  /** Rows of a session as asked; the same question about the same state is answered once. */
  rows(session: ColorSession, asked: RowsAsked, entitled: Entitled, whose: string): Promise<readonly PlacedColor[]>
}

const LIVE_AT_MOST = 6
const ANSWERS_AT_MOST = 4

export function createLiveSessions({ journal, asking, clock, limits }: LiveParts): LiveSessions {
  const live = new Map<string, Promise<ColorSession>>()
  const answers = new WeakMap<ColorSession, Map<string, Promise<readonly PlacedColor[]>>>()

  const fold = async ({ id, setup }: SessionHead): Promise<ColorSession> => {
    const commands: SessionCommand[] = []
    for (const { kind, body } of entriesOf(journal, { kinds: [COMMAND, PUBLISHED], subject: id }))
      commands.push(
        kind === PUBLISHED
          ? { kind: 'publish', runId: (body as PublishedBody).run }
          : await asking.again((body as CommandBody).command),
      )
    return inSlices(foldSteps(setup, commands), clock)
  }
  const underLimits = (session: ColorSession): ColorSession => {
    const now = limits()
    return session.limits === now ? session : { ...session, limits: now }
  }
  const put = (id: string, session: Promise<ColorSession>) => {
    live.delete(id)
    live.set(id, session)
    if (live.size > LIVE_AT_MOST) live.delete(live.keys().next().value as string)
    return session
  }
  return {
    of(head) {
      const session = put(head.id, (live.get(head.id) ?? fold(head)).then(underLimits))
      session.catch(() => live.get(head.id) === session && live.delete(head.id))
      return session
    },
    set: (id, session) => void put(id, Promise.resolve(session)),
    forget: id => void live.delete(id),
    rows(session, asked, entitled, whose) {
      const known = answers.get(session) ?? new Map<string, Promise<readonly PlacedColor[]>>()
      answers.set(session, known)
      const key = JSON.stringify([asked.view, asked.when ?? null, asked.text, whose])
      const answer = known.get(key) ?? inSlices(rowsAsked(session, asked, entitled), clock)
      known.delete(key)
      known.set(key, answer)
      if (known.size > ANSWERS_AT_MOST) known.delete(known.keys().next().value as string)
      return answer
    },
  }
}

/** Whether a session holds rows that somebody may not see. */
export function hidesRows({ rows }: ColorSession, entitled: Entitled): boolean {
  const hidden = ({ assetClass }: ColorRow) => !entitled(assetClass)
  for (const { row } of rows.values()) if (hidden(row)) return true
  return false
}
