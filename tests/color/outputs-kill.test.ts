import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { manualClock } from '../../src/platform/clock.ts'
import { openJournal } from '../../src/platform/journal.ts'

const RUNS = 60
const KILLS = 12

/** Runs the victim; it is killed after so many milliseconds of delivering, or ends by itself. */
function deliver(folder: string, out: string, killAfter: number | null): Promise<boolean> {
  return new Promise((done, fail) => {
    const victim = fork(join(import.meta.dirname, 'outputs-victim.ts'), [folder, out, String(RUNS)], { stdio: 'pipe' })
    let isDone = false
    let errors = ''
    victim.stderr?.on('data', piece => {
      errors += piece
    })
    victim.on('message', message => {
      if (message === 'begun' && killAfter !== null) setTimeout(() => victim.kill('SIGKILL'), killAfter)
      if (message !== 'done') return
      isDone = true
      victim.kill('SIGKILL')
    })
    victim.on('exit', (_, signal) => (signal === 'SIGKILL' ? done(isDone) : fail(new Error(errors))))
  })
}

test('kill -9 while runs go out: each is there once, whole, and what was told as delivered is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contango-outputs-'))
  const out = mkdtempSync(join(tmpdir(), 'contango-out-'))
  try {
    let kills = 0
    for (let k = 0; k < KILLS; k++) {
      if (!(await deliver(folder, out, 5 + k * 7))) kills++
      const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock: manualClock() })
      for (const { body } of journal.read({ kinds: ['color.delivery.tried'] })) {
        const { ok, receipt } = body as { ok: boolean; receipt: { places: { place: string; sha256: string }[] } }
        expect(ok).toBe(true)
        for (const { place, sha256 } of receipt.places)
          expect(createHash('sha256').update(readFileSync(place)).digest('hex')).toBe(sha256)
      }
      journal.close()
    }
    expect(kills).toBeGreaterThan(4)
    expect(await deliver(folder, out, null)).toBe(true)
    const files = readdirSync(out).sort()
    expect(files).toHaveLength(RUNS)
    expect(files.every(name => /^colors-2026-11-20-\d+\.csv$/.test(name))).toBe(true)
    const lines = files.map(name => readFileSync(join(out, name), 'utf8').split('\r\n').length)
    expect(new Set(lines)).toEqual(new Set([402]))
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock: manualClock() })
    expect(journal.read({ kinds: ['color.delivery.tried'] })).toHaveLength(RUNS)
    expect(journal.verify()).toEqual({ ok: true })
    journal.close()
  } finally {
    for (const path of [folder, out]) rmSync(path, { recursive: true, force: true })
  }
}, 120_000)
