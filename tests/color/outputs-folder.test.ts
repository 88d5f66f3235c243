import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runReason } from '../../src/contract/schedule.ts'
import { ANN, bid, createTrial, instant, type Trial, USUAL_FOLDER, until } from './outputs-kit.ts'

let trial: Trial
beforeEach(() => {
  trial = createTrial()
})
afterEach(() => trial.close())

const folder = (over: Partial<typeof USUAL_FOLDER & { path: string }> = {}) => ({ ...USUAL_FOLDER, path: trial.out, ...over })
const publish = (target: string, over = {}) => trial.runs.add([bid('a', '99.5'), bid('b', '99')], { targets: [target], ...over })
const state = (target: string, wanted: string) => until(() => trial.delivery(target)?.state === wanted && trial.delivery(target))

describe('a folder', () => {
  test('gets the output of a run whole, under a name by the clocks of the desk', async () => {
    const target = trial.target(folder())
    publish(target, { at: instant('2026-11-20T02:30:00Z') })
    const delivery = await state(target, 'delivered')
    expect(readdirSync(trial.out)).toEqual(['colors-2026-11-19-1.csv'])
    const text = readFileSync(join(trial.out, 'colors-2026-11-19-1.csv'), 'utf8')
    expect(text.split('\r\n')[0]).toMatch(/^MESSAGE_ID,TICKER/)
    expect(text).toContain('"90071992547409931"')
    expect(delivery.receipt!.places[0]!.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(readdirSync(join(trial.folder, 'color', 'outgoing'))).toEqual([])
  })

  test('gets one file for each sector, the rows left out and the difference to the run before', async () => {
    const target = trial.target(folder({ perSector: true, attachExcluded: true, attachDifference: true }))
    trial.runs.add([bid('a', '99.50'), bid('c', '90', { cusip: '594918104' })], {})
    trial.runs.add([bid('a', '99.5', { sector: 'CLO: 3/4' }), bid('d', '98', { cusip: '88160R101', sector: 'ABS' })], {
      targets: [target],
    })
    await state(target, 'delivered')
    expect(readdirSync(trial.out).sort()).toEqual([
      'colors-2026-11-20-2-ABS.csv',
      'colors-2026-11-20-2-CLO- 3-4.csv',
      'colors-2026-11-20-2-difference.csv',
      'colors-2026-11-20-2-excluded.csv',
    ])
    const difference = readFileSync(join(trial.out, 'colors-2026-11-20-2-difference.csv'), 'utf8').trim().split('\r\n')
    expect(difference.slice(1).map(line => line.split(',').slice(0, 2).join(' '))).toEqual([
      'removed 594918104',
      'added 88160R101',
    ])
  })

  test('that vanished is waited for: a minute, five, fifteen, an hour, then three days, and then a person', async () => {
    const target = trial.target(folder())
    renameSync(trial.out, `${trial.out}-away`)
    publish(target)
    const tries: number[] = []
    for (let k = 1; k <= 8; k++) {
      await until(() => trial.delivery(target).attempts === k && trial.delivery(target).state !== 'sending')
      const { next } = trial.delivery(target)
      tries.push(next === null ? -1 : Math.round((next - trial.clock.now()) / 1e6))
      await trial.outputs.settled()
      if (next !== null) trial.clock.advance((next - trial.clock.now()) / 1e6 + 1)
    }
    expect(tries).toEqual([60, 300, 900, 3600, 86_400, 86_400, 86_400, -1])
    const failed = await state(target, 'failed')
    expect(runReason(failed.why!)).toBe(
      `The folder ${trial.out} is not there. Connect the drive or make the folder; it is tried again.`,
    )
    expect(trial.notices).toHaveLength(1)
    expect(existsSync(trial.out)).toBe(false)
    renameSync(`${trial.out}-away`, trial.out)
    trial.outputs.retry(failed.id, 'ann')
    await state(target, 'delivered')
    expect(readdirSync(trial.out)).toEqual(['colors-2026-11-20-1.csv'])
    expect(trial.outputs.view().attempts).toHaveLength(9)
  })

  test('on a disk that is full leaves nothing half-written', async context => {
    const disk = join(trial.out, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      return context.skip('no right to mount a small disk')
    }
    try {
      const target = trial.target(folder({ path: disk }))
      const rows = Array.from({ length: 2000 }, (_, k) => bid(`r${k}`, '99', { messageId: `${k}` }))
      trial.runs.add(rows, { targets: [target] })
      const delivery = await until(() => trial.delivery(target).attempts === 1 && trial.delivery(target))
      expect(runReason(delivery.why!)).toMatch(/^The disk of .* is full\. Nothing half-written was left/)
      expect(readdirSync(disk)).toEqual([])
      execFileSync('mount', ['-o', 'remount,size=4m', disk], { stdio: 'pipe' })
      await trial.outputs.settled()
      trial.clock.advance(61)
      await state(target, 'delivered')
      expect(readdirSync(disk)).toEqual(['colors-2026-11-20-1.csv'])
      execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'pipe' })
      const second = publish(target)
      await until(() => trial.delivery(target).run === second.id && trial.delivery(target).attempts === 1)
      expect(runReason(trial.delivery(target).why!)).toMatch(/may not be written to/)
    } finally {
      execFileSync('umount', [disk])
    }
  })

  test('that fails stops neither another target nor the next run of its own', async () => {
    const gone = trial.target(folder({ path: join(trial.out, 'gone') }), 'Gone')
    const there = trial.target(folder(), 'There')
    trial.runs.add([bid('a', '99')], { targets: [gone, there] })
    await until(() => trial.delivery(there).state === 'delivered' && trial.delivery(gone).attempts === 1)
    expect(trial.delivery(gone).state).toBe('waiting')
  })

  test('keeps the file of a later run where the name says no number', async () => {
    const target = trial.target(folder({ fileName: 'latest' }))
    const away = `${trial.out}-away`
    renameSync(trial.out, away)
    publish(target)
    await until(() => trial.delivery(target).attempts === 1)
    await trial.outputs.settled()
    renameSync(away, trial.out)
    const second = publish(target, { at: instant('2026-11-20T14:05:30Z') })
    await until(() => trial.delivery(target).run === second.id && trial.delivery(target).state === 'delivered')
    trial.clock.advance(61)
    const first = await until(() => trial.outputs.view().deliveries.find(one => one.run === 'run-1' && one.state === 'failed'))
    expect(runReason(first.why!)).toMatch(/^Run 2 stands under that name already/)
    expect(readFileSync(join(trial.out, 'latest.csv'), 'utf8')).toContain('2026-11-20T14:05:30.000Z')
  })

  test('gets a file of the same bytes when it is sent once more, and replaces what was changed there', async () => {
    const target = trial.target(folder())
    const run = publish(target)
    await state(target, 'delivered')
    const file = join(trial.out, 'colors-2026-11-20-1.csv')
    const before = readFileSync(file)
    writeFileSync(file, 'changed')
    await trial.outputs.send({ run: run.id, target, to: [], cc: [], bcc: [] }, ANN)
    await until(() => trial.outputs.view().deliveries.filter(one => one.state === 'delivered').length === 2)
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(trial.out)).toEqual(['colors-2026-11-20-1.csv'])
  })
})

describe('the outbox', () => {
  test('goes on after a start where it was, and does not repeat what was delivered', async () => {
    const target = trial.target(folder({ path: join(trial.out, 'later') }))
    publish(target)
    await until(() => trial.delivery(target).attempts === 1)
    await trial.outputs.settled()
    await trial.again()
    expect(trial.delivery(target)).toMatchObject({ state: 'waiting', attempts: 1 })
    mkdirSync(join(trial.out, 'later'))
    trial.clock.advance(61)
    await state(target, 'delivered')
    await trial.again()
    await trial.outputs.settled()
    expect(trial.delivery(target)).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(trial.outputs.view().attempts).toHaveLength(2)
  })

  test('waits while a target is off, and tries no more what a person took back', async () => {
    const target = trial.target(folder({ enabled: false }))
    publish(target)
    expect(trial.delivery(target)).toMatchObject({ state: 'waiting', next: null, attempts: 0 })
    const { revision } = trial.outputs.view().targets[0]!
    trial.outputs.save({ id: target, name: 'Desk', revision, target: folder({ path: join(trial.out, 'no') }) }, 'ann')
    await until(() => trial.delivery(target).attempts === 1)
    await trial.outputs.settled()
    trial.outputs.cancel(trial.delivery(target).id, 'ann')
    trial.clock.advance(100_000)
    await trial.outputs.settled()
    expect(trial.delivery(target)).toMatchObject({ state: 'cancelled', attempts: 1, next: null })
  })

  test('an invented run goes to a folder, marked in its name, and nowhere else', async () => {
    const target = trial.target(folder())
    trial.mail({ enabled: true, host: '127.0.0.1', port: 9, from: 'a@b.example', to: ['c@d.example'] })
    const run = trial.runs.add([bid('a', '99')], { targets: [target, 'mail'], isDemo: true })
    await state(target, 'delivered')
    expect(readdirSync(trial.out)).toEqual(['DEMO-colors-2026-11-20-1.csv'])
    expect(trial.delivery('mail')).toMatchObject({ state: 'not-sent', attempts: 0 })
    expect(runReason(trial.delivery('mail').why!)).toMatch(/is invented \(DEMO\)/)
    await expect(trial.outputs.send({ run: run.id, target: 'mail', to: ['x@y.example'], cc: [], bcc: [] }, ANN)).rejects.toThrow(
      /DEMO/,
    )
    expect(() => trial.outputs.retry(trial.delivery('mail').id, 'ann')).toThrow(/DEMO/)
  })

  test('says that the output of a run was deleted, or that a target is gone', async () => {
    const target = trial.target(folder())
    const id = `${trial.out}`
    rmSync(id, { recursive: true })
    const run = publish(target)
    await until(() => trial.delivery(target).attempts === 1)
    await trial.outputs.settled()
    trial.runs.change(run.id, { deleted: { at: trial.clock.now(), user: 'ann', replacedBy: null } })
    trial.clock.advance(61)
    expect(runReason((await state(target, 'failed')).why!)).toMatch(/^The output of run 1 was deleted/)
    mkdirSync(id)
    trial.outputs.remove(target, 'ann')
    trial.runs.change(run.id, { deleted: null })
    expect(() => trial.outputs.retry(trial.delivery(target).id, 'ann')).toThrow(/There is no output target/)
    trial.runs.add([bid('a', '99')], { targets: [target] })
    expect(runReason((await state(target, 'failed')).why!)).toMatch(/^There is no output target/)
  })

  test('only what is on for that kind of run is planned', () => {
    const both = trial.target(folder(), 'Both')
    const manual = trial.target(folder({ onAutomated: false }), 'By hand')
    trial.target(folder({ enabled: false }), 'Off')
    expect(trial.outputs.targets({ kind: 'manual' })).toEqual([both, manual])
    expect(trial.outputs.targets({ kind: 'automated' })).toEqual([both])
    trial.mail({ enabled: true, onManual: false, host: 'mail.firm.example', from: 'a@b.example', to: ['c@d.example'] })
    expect(trial.outputs.targets({ kind: 'automated' })).toEqual([both, 'mail'])
    expect(trial.outputs.targets({ kind: 'manual' })).toEqual([both, manual])
  })

  test.each([
    ['an unknown placeholder', { fileName: 'colors-{{day}}' }, /\{\{day\}\}, which means nothing/],
    ['half a path', { path: 'out' }, /no whole path/],
    ['an unknown zone', { zone: 'Mars/Olympus' }, /no time zone Mars/],
  ])('refuses a target with %s', (_, over, words) => {
    expect(() => trial.target(folder(over))).toThrow(words)
  })

  test('a test of a folder leaves nothing there, and says what is wrong', async () => {
    const test = (path: string) => trial.outputs.test({ id: null, target: folder({ path }), secret: null })
    expect((await test(trial.out)).why).toBeNull()
    expect(readdirSync(trial.out)).toEqual([])
    expect(runReason((await test(join(trial.out, 'no'))).why!)).toMatch(/is not there/)
    writeFileSync(join(trial.out, 'file'), '')
    symlinkSync(join(trial.out, 'file'), join(trial.out, 'link'))
    expect(runReason((await test(join(trial.out, 'link'))).why!)).toMatch(/is not there/)
  })
})
