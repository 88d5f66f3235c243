import { randomUUID } from 'node:crypto'
import type { DeliveryReceipt } from '../../../contract/color-outputs.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Journal, JournalEntry, JournalEvent } from '../../../platform/journal.ts'
import { fail } from '../../fail.ts'
import type { ColorRun } from '../runs/color-runs.ts'
import type { Recipients } from './mail-message.ts'
import type { Why } from './output-faults.ts'
import type { OutputRuns } from './output-files.ts'

/** One run on its way to one target, as the journal has it. */
export interface Delivery {
  readonly id: string
  readonly run: string
  readonly target: string
  readonly planned: EpochMicros
  /** Who a person sent it to; null where it goes to whom the form names. */
  readonly recipients: Recipients | null
  /** A person asked for it: it goes out though the target is off. */
  readonly isAsked: boolean
  readonly state: 'waiting' | 'delivered' | 'failed' | 'cancelled'
  readonly attempts: number
  /** Tries since the plan, or since a person asked for another. */
  readonly step: number
  /** When it is tried, at the earliest. */
  readonly next: EpochMicros
  readonly ended: EpochMicros | null
  readonly why: Omit<Why, 'isFinal'> | null
  readonly receipt: DeliveryReceipt | null
}

/** A try as it ended. */
export interface Attempt {
  readonly entry: number
  readonly at: EpochMicros
  readonly delivery: string
  readonly user: string
  readonly body: TriedBody
}

export interface TriedBody {
  readonly run: string
  readonly target: string
  readonly ok: boolean
  readonly seconds: number
  readonly why: Delivery['why']
  /** When it is tried again; null where it is not by itself. */
  readonly next: EpochMicros | null
  readonly receipt: DeliveryReceipt | null
  readonly recipients: readonly string[]
  readonly subject: string | null
}

interface AskedBody {
  readonly run: string
  readonly target: string
  readonly recipients: Recipients | null
}

/** The journal's part about deliveries. What a run is to be delivered to stands in the run, so both are there or neither. */
export interface Outbox {
  /** Oldest first. */
  all(): readonly Delivery[]
  /** Fails: DELIVERY_UNKNOWN. */
  expect(id: string): Delivery
  /** Newest first. */
  attempts(): readonly Attempt[]
  tried(id: string, body: TriedBody): void
  /** A delivery that no plan asked for; its id. */
  ask(body: AskedBody, user: string): string
  retry(id: string, user: string): void
  cancel(id: string, user: string): void
  /** A run came: its deliveries are there from now on. */
  plan(run: ColorRun): void
}

const ASKED = 'color.delivery.asked'
const TRIED = 'color.delivery.tried'
const RETRIED = 'color.delivery.retried'
const CANCELLED = 'color.delivery.cancelled'
const KINDS = [ASKED, TRIED, RETRIED, CANCELLED]
const ATTEMPTS_KEPT = 100
/** Who deliveries by themselves are made by, in the journal. */
const USER = 'system'

function planned(id: string, run: string, target: string, at: EpochMicros, asked: AskedBody | null): Delivery {
  return {
    ...{ id, run, target, planned: at, recipients: asked?.recipients ?? null, isAsked: asked !== null },
    ...{ state: 'waiting', attempts: 0, step: 0, next: at, ended: null, why: null, receipt: null },
  }
}

function changed(delivery: Delivery, { kind, at, body }: Pick<JournalEntry, 'kind' | 'at' | 'body'>): Delivery {
  if (kind === CANCELLED) return { ...delivery, state: 'cancelled', ended: at }
  if (kind === RETRIED) return { ...delivery, state: 'waiting', step: 0, next: at, ended: null }
  const { ok, why, next, receipt } = body as TriedBody
  const [attempts, step] = [delivery.attempts + 1, delivery.step + 1]
  if (ok) return { ...delivery, attempts, step, state: 'delivered', ended: at, why: null, receipt }
  if (next === null) return { ...delivery, attempts, step, state: 'failed', ended: at, why }
  return { ...delivery, attempts, step, next, why }
}

/** Reads what became of every delivery, and keeps what becomes of them. */
export function openOutbox(journal: Pick<Journal, 'append' | 'read'>, runs: Pick<OutputRuns, 'list'>): Outbox {
  const deliveries = new Map<string, Delivery>()
  const attempts: Attempt[] = []
  const plan = ({ id, at, targets }: Pick<ColorRun, 'id' | 'at' | 'targets'>) => {
    for (const target of targets) {
      const name = `${id}/${target}`
      if (!deliveries.has(name)) deliveries.set(name, planned(name, id, target, at, null))
    }
  }
  const fold = (entry: JournalEntry) => {
    const { kind, subject, seq, at, user, body } = entry
    if (kind === ASKED) {
      const asked = body as AskedBody
      deliveries.set(subject, planned(subject, asked.run, asked.target, at, asked))
      return
    }
    if (kind === TRIED) {
      attempts.unshift({ entry: seq, at, delivery: subject, user, body: body as TriedBody })
      attempts.length = Math.min(attempts.length, ATTEMPTS_KEPT)
    }
    const found = deliveries.get(subject)
    if (found) deliveries.set(subject, changed(found, entry))
  }
  const write = (event: JournalEvent) => fold(journal.append(event))
  for (const run of [...runs.list()].sort((a, b) => a.number - b.number)) plan(run)
  for (const entry of journal.read({ kinds: KINDS })) fold(entry)
  const expect = (id: string) => deliveries.get(id) ?? fail('DELIVERY_UNKNOWN', { delivery: id })
  return {
    all: () => [...deliveries.values()],
    expect,
    attempts: () => attempts,
    plan,
    tried: (id, body) => write({ kind: TRIED, subject: id, user: USER, body }),
    ask(body, user) {
      const id = `${body.run}/${body.target}/${randomUUID()}`
      write({ kind: ASKED, subject: id, user, body })
      return id
    },
    retry(id, user) {
      const { state } = expect(id)
      if (state !== 'delivered') write({ kind: RETRIED, subject: id, user, body: {} })
    },
    cancel(id, user) {
      const { state } = expect(id)
      if (state === 'waiting') write({ kind: CANCELLED, subject: id, user, body: {} })
    },
  }
}
