import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openIntake } from './intake-kit.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-intake-killed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Kills the victim so many milliseconds after its first answers; gives the last that it gave. */
function victim(from: number, answers: number, then: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'intake-victim.ts'), folder, `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length - 1 >= answers) setTimeout(() => child.kill('SIGKILL'), then)
  })
  return new Promise(done => child.on('close', () => done(Number(said.trim().split('\n').at(-1)))))
}

test('kill -9 at any moment: what was acknowledged is whole, what was not is there whole or not at all', async () => {
  let next = 1
  for (const [answers, then] of [
    [1, 0],
    [2, 3],
    [1, 7],
    [2, 11],
    [1, 16],
    [3, 22],
  ] as const) {
    const last = await victim(next, answers, then)
    const { kept, intake, journal, close } = openIntake(folder)
    try {
      expect(journal.verify()).toEqual({ ok: true })
      const waiting = kept.buffer.waiting()
      // One that was under way may stand there without an answer.
      expect(waiting.length - last).toBeGreaterThanOrEqual(0)
      expect(waiting.length - last).toBeLessThanOrEqual(1)
      for (const [k, { id, name, rows, quarantined }] of waiting.entries()) {
        expect(name).toBe(`file-${k + 1}.csv`)
        expect(quarantined).toBe(1)
        const there = await kept.buffer.rows(id)
        expect([there.length, rows]).toEqual([399, 399])
        expect(there[0]!.messageId).toBe(`${(k + 1) * 1000 + 1}`)
      }
      expect((await intake.quarantine.list({ state: 'open', offset: 0, limit: 1 })).total).toBe(waiting.length)
      const named = waiting.map(({ id }) => `${id}.jsonl.gz`).sort()
      await vi.waitFor(() => expect(readdirSync(join(folder, 'color', 'uploads')).sort()).toEqual(named))
      next = waiting.length + 1
    } finally {
      await close()
    }
  }
  expect(next).toBeGreaterThan(8)
})
