import { describe, expect, test } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createClosers } from './closers.ts'

function closersOf(seconds: number) {
  const reports: string[] = []
  const closers = createClosers({ clock: systemClock(), seconds, report: name => reports.push(name) })
  return { ...closers, reports }
}

describe('closing', () => {
  test('goes in reverse order of opening', async () => {
    const { add, run, reports } = closersOf(1)
    const seen: string[] = []
    for (const name of ['lock', 'journal', 'store']) add(name, () => seen.push(name))
    await run()
    expect([seen, reports]).toEqual([['store', 'journal', 'lock'], []])
  })

  test('one that throws or hangs is reported, and the others close in time', async () => {
    const { add, run, reports } = closersOf(0.4)
    const seen: string[] = []
    add('lock', () => seen.push('lock'))
    add('hanging', () => new Promise(() => {}))
    add('failing', () => Promise.reject(new Error('no')))
    add('throwing', () => {
      throw new Error('no')
    })
    const started = performance.now()
    await run()
    expect([seen, reports]).toEqual([['lock'], ['throwing', 'failing', 'hanging']])
    expect(performance.now() - started).toBeLessThan(500)
  })
})
