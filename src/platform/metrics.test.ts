import { describe, expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  test('quantiles are within a quarter of the sorted truth, over five decades', () => {
    const step = createMetrics().step('check')
    const samples = Array.from({ length: 10_000 }, (_, k) => 2e-5 * 10 ** ((5 * k) / 10_000))
    for (const sample of samples) step.observe(sample)
    const { count, max, sum, p50, p90, p99 } = step.recent()
    expect(count).toBe(10_000)
    expect(max).toBe(samples.at(-1))
    expect(sum).toBeCloseTo(
      samples.reduce((a, b) => a + b),
      6,
    )
    for (const [found, q] of [
      [p50, 0.5],
      [p90, 0.9],
      [p99, 0.99],
    ] as const) {
      const truth = samples[Math.ceil(q * samples.length) - 1]!
      expect(found).toBeGreaterThanOrEqual(truth)
      expect(found).toBeLessThanOrEqual(truth * 1.26)
    }
  })

  test('values at, below and above every bound are counted once', () => {
    const step = createMetrics().step('draw')
    for (const seconds of [0, -1, 1e-9, 1e-5, 1.0000001e-5, 1, 100, 1e6]) step.observe(seconds)
    step.observe(Number.NaN)
    const { count, buckets } = step.recent()
    expect(count).toBe(8)
    expect(buckets.reduce((sum, [, n]) => sum + n, 0)).toBe(8)
    for (const [bound, n] of buckets) expect([bound > 0, n > 0]).toEqual([true, true])
  })

  test('recent forgets after two minutes, the text for Prometheus never', async () => {
    const metrics = createMetrics()
    metrics.step('parse').observe(0.004)
    metrics.turn()
    expect(metrics.step('parse').recent().count).toBe(1)
    metrics.turn()
    expect(metrics.step('parse').recent()).toMatchObject({ count: 0, p99: 0, max: 0 })
    const text = await metrics.text()
    expect(text).toContain('# TYPE feed_latency_seconds histogram')
    expect(text).toContain('feed_latency_seconds_bucket{step="parse",le="+Inf"} 1')
    expect(text).toContain('feed_latency_seconds_count{step="parse"} 1')
  })

  test('buckets for Prometheus are cumulative', async () => {
    const metrics = createMetrics()
    for (const seconds of [1e-4, 1e-3, 1e-2])
      metrics.distribution('job_seconds', 'Seconds of a job', { job: 'sma' }).observe(seconds)
    const counts = [...(await metrics.text()).matchAll(/job_seconds_bucket\{[^}]*\} (\d+)/g)].map(([, n]) => Number(n))
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(counts.at(-1)).toBe(3)
  })

  test('counters, gauges and queues are the same member each time and stand in the text', async () => {
    const metrics = createMetrics()
    metrics.counter('feed_messages_total', 'Messages', { source: 'demo' }).add(2)
    metrics.counter('feed_messages_total', 'Messages', { source: 'demo' }).add()
    metrics.gauge('open_streams', 'Streams', () => 5)
    metrics.queue('quotes', () => ({ length: 7, limit: 10, dropped: 1 }))
    expect(metrics.counters()).toEqual([{ name: 'feed_messages_total', labels: { source: 'demo' }, total: 3 }])
    expect(metrics.queues()).toEqual([{ name: 'quotes', length: 7, limit: 10, dropped: 1 }])
    const text = await metrics.text()
    for (const line of ['feed_messages_total{source="demo"} 3', 'open_streams 5', 'queue_length_rows{queue="quotes"} 7'])
      expect(text).toContain(line)
  })
})
