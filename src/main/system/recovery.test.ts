import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { openJournal } from '../../platform/journal.ts'
import { createLog } from '../../platform/log.ts'
import { writeDiagnostics } from './diagnostics.ts'
import { markRun } from './last-run.ts'
import { createRecovery } from './recovery.ts'

const clock = systemClock()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-recovery-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a run that was not closed', () => {
  const mark = () => markRun({ folder, clock, version: '0.1.0' })

  test('is told at the next start with the work that it cut off, and once only', async () => {
    const first = mark()
    expect(first.before).toBeNull()
    first.working(['import wti.csv'])
    const second = mark()
    expect(second.before).toMatchObject({ version: '0.1.0', jobs: ['import wti.csv'] })
    const kept = [{ what: 'journal' as const, count: 7 }]
    const recovery = createRecovery({
      before: second.before,
      restored: null,
      count: async () => kept,
      lossWindowSeconds: 0.25,
    })
    expect(await recovery.report()).toMatchObject({
      why: 'not-closed',
      endedAt: second.before?.seenAt,
      kept,
      interrupted: ['import wti.csv'],
      lossWindowSeconds: 0.25,
    })
    recovery.acknowledge()
    expect(await recovery.report()).toBeNull()
    second.close()
    const third = mark()
    expect(third.before).toBeNull()
    third.close()
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
  })

  test('leaves a mark that is no mark without harm', () => {
    for (const text of ['', '{', '[]', '{"version":1}', 'null']) {
      writeFileSync(join(folder, 'run.json'), text)
      const run = mark()
      expect([text, run.before]).toEqual([text, null])
      run.close()
    }
  })

  test('a restore is told even after a run that was closed', async () => {
    const recovery = createRecovery({
      before: null,
      restored: { file: 'one.tar', madeAt: 5 },
      count: async () => [],
      lossWindowSeconds: 0.25,
    })
    expect(await recovery.report()).toMatchObject({
      why: 'restored',
      backup: { file: 'one.tar', madeAt: 5 },
      lossWindowSeconds: 0,
    })
  })
})

describe('the bundle for a report', () => {
  const CANARY = 'canary-7f3a9 "quoted" ñ'

  test('has what a report needs and nowhere the secret that stands in logs, settings, checks and the journal', async () => {
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    journal.append({ kind: 'note', subject: `about token=${CANARY}`, user: 'local', body: { text: CANARY } })
    const log = createLog({ folder: join(folder, 'logs'), clock })
    log.info('feed.up', { url: `https://x.test/?apikey=${encodeURIComponent(CANARY)}`, password: CANARY })
    log.close()
    // What slipped past the blotting of the log by name is found by its value.
    writeFileSync(join(folder, 'logs', 'contango.log.1'), `{"event":"said ${JSON.stringify(CANARY).slice(1, -1)}"}\n${CANARY}\n`)
    const file = join(folder, 'bundle.tar')
    const made = await writeDiagnostics(
      {
        folder,
        version: '0.1.0',
        journal,
        secrets: async () => [CANARY, 'abc'],
        sections: {
          doctor: async () => [{ name: 'disk', finding: CANARY }],
          settings: () => ({ apiKey: CANARY }),
          sources: () => {
            throw new Error(`no way with ${CANARY}`)
          },
        },
      },
      file,
    )
    journal.close()
    const out = join(folder, 'out')
    mkdirSync(out)
    execFileSync('tar', ['-xf', file, '-C', out])
    const read = (name: string) => readFileSync(join(out, name), 'utf8')
    expect(made.files).toBe(8)
    expect(read('machine.json')).toContain('"contango": "0.1.0"')
    expect(read('logs/contango.log')).toContain('feed.up')
    expect(read('sources.json')).toContain('no way with •••')
    expect(read('journal.txt')).toContain(' note about ')
    const whole = readFileSync(file).toString('utf8')
    for (const form of [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), 'canary-7f3a9'])
      expect([form, whole.includes(form)]).toEqual([form, false])
  })

  test('would show a secret that nobody named: the test above can fail', async () => {
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    const file = join(folder, 'bundle.tar')
    await writeDiagnostics(
      { folder, version: '0.1.0', journal, secrets: async () => [], sections: { doctor: () => [{ finding: CANARY }] } },
      file,
    )
    journal.close()
    expect(readFileSync(file).toString('utf8')).toContain('canary-7f3a9')
  })
})
