import { type Metric, Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>

/** A number that only grows, until the host ends. */
export interface Counter {
  add(count?: number): void
  total(): number
}

/** How seconds were spread. Quantiles are upper bounds of a bucket, at most a quarter above the true value. */
export interface Spread {
  readonly count: number
  readonly sum: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  /** Upper bounds in seconds with the count in each bucket, empty ones left out. */
  readonly buckets: readonly (readonly [number, number])[]
}

/** Seconds of something that happens again and again, kept as counts in buckets. */
export interface Distribution {
  observe(seconds: number): void
  /** The last one to two minutes. */
  recent(): Spread
}

/** How full a queue is; `dropped` counts what it had to give up since the start. */
export interface QueueState {
  readonly length: number
  readonly limit: number | null
  readonly dropped: number
}

/** What a running host counts; names are `<noun>_<verb>_<unit>`. */
export interface Metrics {
  /** The counter of that name and those labels; the same one each time. */
  counter(name: string, help: string, labels?: Labels): Counter
  distribution(name: string, help: string, labels?: Labels): Distribution
  /**
   * Seconds that a step takes: `stream` from a record's receipt until it leaves the host, with check, publish and write in it,
   * and `draw` from there to the pixels. These two together are the whole way.
   */
  step(step: string): Distribution
  gauge(name: string, help: string, read: () => number): void
  queue(name: string, read: () => QueueState): void
  steps(): readonly (Spread & { readonly step: string })[]
  queues(): readonly (QueueState & { readonly name: string })[]
  counters(): readonly { readonly name: string; readonly labels: Labels; readonly total: number }[]
  /** Text for Prometheus. */
  text(): Promise<string>
  /** Begins a new minute of `recent`; the host calls it once a minute. */
  turn(): void
}

/** Bucket bounds in seconds: from 10 µs to 100 s, ten to a decade. */
const BOUNDS = Float64Array.from({ length: 71 }, (_, k) => 1e-5 * 10 ** (k / 10))
const PER_LN = 10 / Math.LN10

function bucketOf(seconds: number): number {
  if (!(seconds > 1e-5)) return 0
  // The logarithm may land one off at a bound, because neither side is exact.
  const near = Math.min(BOUNDS.length, Math.ceil(Math.log(seconds / 1e-5) * PER_LN))
  if (near > 0 && seconds <= BOUNDS[near - 1]!) return near - 1
  return near < BOUNDS.length && seconds > BOUNDS[near]! ? near + 1 : near
}

class Histogram implements Distribution {
  readonly #total = new Float64Array(BOUNDS.length + 1)
  #now = new Float64Array(BOUNDS.length + 1)
  #before = new Float64Array(BOUNDS.length + 1)
  #sum = 0
  #sums = { now: 0, before: 0 }
  #most = { now: 0, before: 0 }

  observe(seconds: number): void {
    if (!Number.isFinite(seconds)) return
    const at = bucketOf(seconds)
    this.#total[at]!++
    this.#now[at]!++
    this.#sum += seconds
    this.#sums.now += seconds
    if (seconds > this.#most.now) this.#most.now = seconds
  }

  turn(): void {
    const spare = this.#before.fill(0)
    this.#before = this.#now
    this.#now = spare
    this.#sums = { now: 0, before: this.#sums.now }
    this.#most = { now: 0, before: this.#most.now }
  }

  recent(): Spread {
    const counts = this.#now.map((count, k) => count + this.#before[k]!)
    const count = counts.reduce((sum, one) => sum + one, 0)
    const max = Math.max(this.#most.now, this.#most.before)
    const quantile = (q: number) => {
      let left = q * count
      for (let k = 0; k < counts.length; k++) {
        left -= counts[k]!
        if (left <= 0 && count > 0) return Math.min(max, BOUNDS[k] ?? max)
      }
      return 0
    }
    const buckets = [...counts].flatMap((n, k): (readonly [number, number])[] => (n > 0 ? [[BOUNDS[k] ?? max, n]] : []))
    const sum = this.#sums.now + this.#sums.before
    return { count, sum, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max, buckets }
  }

  /** Cumulative lines as Prometheus wants them; every fifth bound, since a scrape needs no finer ones. */
  lines(name: string, labels: Labels): { labels: Labels; value: number; metricName: string }[] {
    const lines = []
    let sum = 0
    for (let k = 0; k <= BOUNDS.length; k++) {
      sum += this.#total[k]!
      const last = k === BOUNDS.length
      if (last || k % 5 === 0)
        lines.push({
          labels: { ...labels, le: last ? '+Inf' : BOUNDS[k]!.toPrecision(3) },
          value: sum,
          metricName: `${name}_bucket`,
        })
    }
    lines.push({ labels, value: this.#sum, metricName: `${name}_sum` }, { labels, value: sum, metricName: `${name}_count` })
    return lines
  }
}

interface Family<T> {
  readonly help: string
  readonly members: Map<string, { readonly labels: Labels; readonly member: T }>
}

const STEP = 'feed_latency_seconds'

/**
 * The registry of a host.
 *
 * Members are plain objects that cost nanoseconds to count into; prom-client only writes them out when it is asked.
 */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const counters = new Map<string, Family<{ value: number } & Counter>>()
  const histograms = new Map<string, Family<Histogram>>()
  const gauges = new Set<string>()
  const queues = new Map<string, () => QueueState>()

  // prom-client writes whatever has get(); its own classes look labels up on every count, which ingest cannot afford.
  const register = (name: string, help: string, type: string, values: () => object[]) =>
    registry.registerMetric({
      name,
      help,
      type,
      get: async () => ({ name, help, type, values: values(), aggregator: 'sum' }),
    } as unknown as Metric)

  const familyOf = <T>(
    families: Map<string, Family<T>>,
    name: string,
    help: string,
    announce: (family: Family<T>) => void,
  ): Family<T> => {
    const known = families.get(name)
    if (known) return known
    const family: Family<T> = { help, members: new Map() }
    families.set(name, family)
    announce(family)
    return family
  }
  const memberOf = <T>(family: Family<T>, labels: Labels, make: () => T): T => {
    const key = JSON.stringify(labels)
    const known = family.members.get(key)
    if (known) return known.member
    const member = make()
    family.members.set(key, { labels, member })
    return member
  }

  const distribution = (name: string, help: string, labels: Labels = {}) => {
    const family = familyOf(histograms, name, help, made =>
      register(name, help, 'histogram', () =>
        [...made.members.values()].flatMap(({ labels, member }) => member.lines(name, labels)),
      ),
    )
    return memberOf(family, labels, () => new Histogram())
  }

  const gauge = (name: string, help: string, read: () => number) => {
    if (gauges.has(name)) return
    gauges.add(name)
    register(name, help, 'gauge', () => [{ labels: {}, value: read() }])
  }

  register('queue_length_rows', 'Rows waiting in a queue', 'gauge', () =>
    [...queues].map(([queue, read]) => ({ labels: { queue }, value: read().length })),
  )
  register('queue_dropped_rows_total', 'Rows that a full queue had to drop', 'counter', () =>
    [...queues].map(([queue, read]) => ({ labels: { queue }, value: read().dropped })),
  )

  return {
    counter(name, help, labels = {}) {
      const family = familyOf(counters, name, help, made =>
        register(name, help, 'counter', () =>
          [...made.members.values()].map(({ labels, member }) => ({ labels, value: member.value })),
        ),
      )
      return memberOf(family, labels, () => {
        const counter = {
          value: 0,
          add(count = 1) {
            counter.value += count
          },
          total: () => counter.value,
        }
        return counter
      })
    },
    distribution,
    step: step => distribution(STEP, 'Seconds from the arrival of a frame to the end of a step', { step }),
    gauge,
    queue: (name, read) => void queues.set(name, read),
    steps: () =>
      [...(histograms.get(STEP)?.members.values() ?? [])].map(({ labels, member }) => ({
        step: labels.step ?? '',
        ...member.recent(),
      })),
    queues: () => [...queues].map(([name, read]) => ({ name, ...read() })),
    counters: () =>
      [...counters].flatMap(([name, { members }]) =>
        [...members.values()].map(({ labels, member }) => ({ name, labels, total: member.value })),
      ),
    text: () => registry.metrics(),
    turn() {
      for (const { members } of histograms.values()) for (const { member } of members.values()) member.turn()
    },
  }
}
