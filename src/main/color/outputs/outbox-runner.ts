import type { DeliveryReceipt } from '../../../contract/color-outputs.ts'
import { type EpochMicros, epochMicros, MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { failure } from '../../fail.ts'
import type { Delivery, Outbox } from './outbox.ts'
import { type Why, whyOf } from './output-faults.ts'

/** Seconds from a failed try to the next: a hiccup is over in a minute, a drive is back in an hour, a server by tomorrow. */
const PAUSES = [60, 300, 900, 3600, 86_400, 86_400, 86_400]
/** Longest that one try may take, whatever hangs in it. */
const TRY_SECONDS = 600
/** Timers count in days badly where a machine sleeps: it is looked again at least so often. */
const LOOK_SECONDS = 300
/** A try that could not even be written down is not repeated at once. */
const LOST_SECONDS = 60

/** What a delivery brought about. */
export interface Delivered {
  readonly receipt: DeliveryReceipt
  /** Of a mail. */
  readonly recipients: readonly string[]
  readonly subject: string | null
}

/** One place to deliver to; it is told once that nobody waits any more. */
export type Deliver = (delivery: Delivery, signal: AbortSignal) => Promise<Delivered>

export interface RunnerParts {
  readonly outbox: Outbox
  readonly deliver: Deliver
  /** False where the target is off, or the run is invented and must not leave the machine. */
  readonly mayGo: (delivery: Delivery) => boolean
  /** Whom and what a mail that failed was about. */
  readonly about: (delivery: Delivery) => Pick<Delivered, 'recipients' | 'subject'>
  readonly clock: Clock
  readonly log: Log
  readonly onTried: (delivery: Delivery, why: Why | null) => void
  readonly onChange: () => void
}

/** Tries what is due, one delivery of a target at a time, so that one that hangs stops no other. */
export interface OutboxRunner {
  start(): void
  /** Something came or changed. */
  look(): void
  /** Ids of those that are being tried. */
  sending(): ReadonlySet<string>
  /** Resolves once nothing is being tried. */
  settled(): Promise<void>
  close(): Promise<void>
}

export function createOutboxRunner(parts: RunnerParts): OutboxRunner {
  const { outbox, deliver, clock, log } = parts
  const busy = new Map<string, { readonly id: string; readonly done: Promise<void> }>()
  const held = new Map<string, EpochMicros>()
  const ending = new AbortController()
  let isStarted = false
  let timer: (() => void) | null = null

  const attempt = async (delivery: Delivery): Promise<void> => {
    const started = clock.monotonic()
    const stop = new AbortController()
    const signal = AbortSignal.any([ending.signal, stop.signal])
    const slow = clock.after(TRY_SECONDS, () => stop.abort(failure('OUTPUT_SLOW', { place: 'the target', seconds: TRY_SECONDS })))
    const gone = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    const work = deliver(delivery, signal)
    try {
      const delivered = await Promise.race([work, gone])
      settle(delivery, started, null, delivered)
    } catch (fault) {
      // The host ends: whether it got there is seen at the next start, when it is tried again.
      if (!ending.signal.aborted) settle(delivery, started, whyOf(fault), null)
    } finally {
      slow()
    }
    // What does not heed the signal may still be writing: another try beside it would be one too many.
    await Promise.race([
      work.catch(() => undefined),
      gone.catch(() => (ending.signal.aborted ? undefined : work.catch(() => undefined))),
    ])
  }

  const settle = (delivery: Delivery, started: number, why: Why | null, delivered: Delivered | null) => {
    // A person who took it back while it was under way does not want it again; that it arrived is kept all the same.
    if (outbox.expect(delivery.id).state === 'cancelled' && why) return
    const { recipients, subject } = delivered ?? parts.about(delivery)
    outbox.tried(delivery.id, {
      ...{ run: delivery.run, target: delivery.target, ok: why === null, seconds: clock.monotonic() - started },
      why: why && { code: why.code, data: why.data },
      next: why && nextTry(delivery, why, clock.now()),
      ...{ receipt: delivered?.receipt ?? null, recipients, subject },
    })
    if (why) log.warn('color.delivery-failed', { target: delivery.target, run: delivery.run, code: why.code, data: why.data })
    parts.onTried(outbox.expect(delivery.id), why)
  }

  const begin = (delivery: Delivery): void => {
    const done = attempt(delivery)
      // A journal that cannot be written to (a full disk) leaves the delivery waiting.
      .catch(fault => {
        held.set(delivery.target, epochMicros(clock.now() + LOST_SECONDS * MICROS_PER_SECOND))
        log.error('color.delivery-lost', { delivery: delivery.id, fault })
      })
      .finally(() => {
        busy.delete(delivery.target)
        parts.onChange()
        if (isStarted) look()
      })
    busy.set(delivery.target, { id: delivery.id, done })
  }

  const look = (): void => {
    timer?.()
    timer = null
    if (!isStarted) return
    const now = clock.now()
    const dueAt = (one: Delivery) => Math.max(one.next, held.get(one.target) ?? 0)
    const waiting = outbox.all().filter(one => one.state === 'waiting' && parts.mayGo(one))
    for (const one of waiting) if (dueAt(one) <= now && !busy.has(one.target)) begin(one)
    const later = waiting.filter(one => !busy.has(one.target)).map(one => (dueAt(one) - now) / MICROS_PER_SECOND)
    timer = clock.after(Math.max(1, Math.min(LOOK_SECONDS, ...later)), look)
    parts.onChange()
  }

  return {
    start() {
      isStarted = true
      look()
    },
    look,
    sending: () => new Set([...busy.values()].map(({ id }) => id)),
    async settled() {
      while (busy.size > 0) await Promise.all([...busy.values()].map(({ done }) => done))
    },
    async close() {
      isStarted = false
      timer?.()
      ending.abort(new Error('the host ends'))
      await Promise.all([...busy.values()].map(({ done }) => done))
    },
  }
}

function nextTry({ step }: Delivery, { isFinal }: Why, now: EpochMicros): EpochMicros | null {
  const pause = isFinal ? undefined : PAUSES[step]
  return pause === undefined ? null : epochMicros(now + pause * MICROS_PER_SECOND)
}
