import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readWayIn } from '../../src/platform/lock.ts'

const project = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'contango-start-'))
const running: ChildProcess[] = []

interface Started {
  readonly child: ChildProcess
  out(): string
  err(): string
  /** Resolves with the first line that fits. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<number | null>
}

/** The launcher as a person starts it, without a display. */
function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    cwd: project,
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let out = ''
  let err = ''
  child.stdout!.on('data', text => {
    out += text
  })
  child.stderr!.on('data', text => {
    err += text
  })
  const ended = new Promise<number | null>(done => child.once('close', done))
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    line: pattern =>
      new Promise((done, failed) => {
        const look = () => {
          const found = pattern.exec(out)
          if (found) done(found)
        }
        look()
        child.stdout!.on('data', look)
        void ended.then(code => failed(new Error(`it ended with ${code}:\n${out}\n${err}`)))
      }),
  }
}

const OPEN = /^Contango is open at http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})$/m
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

// The first start builds what is stale; that is not what is measured here.
beforeAll(async () => {
  const built = spawn(process.execPath, ['scripts/build.mjs'], { cwd: project, stdio: 'ignore' })
  await new Promise(done => built.once('exit', done))
}, 60_000)
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = new Promise(done => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm start', () => {
  test('without a display prints the address as its one line, and the page is there', async () => {
    const started = start(['--browser', '--demo', '--data', folder])
    const [, port] = await started.line(OPEN)
    expect(started.out().trim().split('\n')).toHaveLength(1)
    const page = await fetch(`http://127.0.0.1:${port}/`)
    const text = await page.text()
    expect([page.status, text.includes('<div id="root">')]).toEqual([200, true])
    // The policy forbids inline scripts, so the page must have none; and what it loads must be there.
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/)
    const assets = [...text.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
    expect(assets.length).toBeGreaterThan(2)
    for (const path of assets) expect([path, (await fetch(`http://127.0.0.1:${port}${path}`)).status]).toEqual([path, 200])
    expect(readWayIn(folder)).toMatchObject({ port: Number(port) })
  }, 60_000)

  test('a second one says where the first is open, and leaves it alone', async () => {
    const first = start(['--browser', '--demo', '--data', folder])
    const [, port, token] = await first.line(OPEN)
    const second = start(['--browser', '--demo', '--data', folder])
    await second.line(/already open/)
    expect(second.out()).toBe(`Contango is already open at http://127.0.0.1:${port}/#token=${token}\n`)
    second.child.kill('SIGTERM')
    await second.ended
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  }, 60_000)

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s closes all of it within two seconds',
    async signal => {
      const started = start(['--browser', '--demo', '--data', folder])
      await started.line(OPEN)
      const { pid } = readWayIn(folder)!
      const asked = performance.now()
      started.child.kill(signal)
      expect(await started.ended).toBe(0)
      expect(performance.now() - asked).toBeLessThan(2500)
      expect([isAlive(pid), readWayIn(folder)]).toEqual([false, null])
    },
    60_000,
  )

  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGINT', 150],
    ['SIGKILL', 0],
  ] as const)(
    '%s %i ms into the start ends all of it, and the next start finds nothing in its way',
    async (signal, wait) => {
      const started = start(['--browser', '--demo', '--data', folder])
      // The lock is the first thing that a host takes.
      const lock = join(folder, 'host.json')
      for (let tries = 0; !existsSync(lock) && tries < 3000; tries++) await new Promise(done => setTimeout(done, 5))
      await new Promise(done => setTimeout(done, wait))
      const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }
      const asked = performance.now()
      started.child.kill(signal)
      const code = await started.ended
      if (signal !== 'SIGKILL') expect(code).toBe(0)
      for (let tries = 0; isAlive(pid) && tries < 60; tries++) await new Promise(done => setTimeout(done, 50))
      expect(isAlive(pid)).toBe(false)
      expect(performance.now() - asked).toBeLessThan(3000)
      expect(existsSync(lock)).toBe(false)
      const next = start(['--browser', '--demo', '--data', folder])
      await next.line(OPEN)
    },
    60_000,
  )

  test('a launcher that is killed leaves no host behind', async () => {
    const started = start(['--browser', '--demo', '--data', folder])
    await started.line(OPEN)
    const { pid } = readWayIn(folder)!
    started.child.kill('SIGKILL')
    for (let tries = 0; isAlive(pid) && tries < 50; tries++) await new Promise(done => setTimeout(done, 100))
    expect([isAlive(pid), readWayIn(folder)]).toEqual([false, null])
  }, 60_000)

  test('after kill -9 of the host the next start opens the same workspace', async () => {
    const first = start(['--browser', '--once', '--demo', '--data', folder])
    await first.line(OPEN)
    process.kill(readWayIn(folder)!.pid, 'SIGKILL')
    expect(await first.ended).not.toBe(0)
    await start(['--browser', '--demo', '--data', folder]).line(OPEN)
  }, 60_000)

  test('a host that dies is started again at the same address, three times a minute and no more', async () => {
    const started = start(['--browser', '--demo', '--data', folder])
    const [line] = await started.line(OPEN)
    const seen = new Set<number>()
    for (let death = 0; death < 4; death++) {
      await expect.poll(() => (started.out().match(new RegExp(OPEN, 'gm')) ?? []).length, { timeout: 20_000 }).toBe(death + 1)
      const { pid } = readWayIn(folder)!
      expect(seen.has(pid)).toBe(false)
      seen.add(pid)
      process.kill(pid, 'SIGKILL')
    }
    expect(await started.ended).not.toBe(0)
    expect(new Set(started.out().match(new RegExp(OPEN, 'gm')))).toEqual(new Set([line]))
    expect(started.err().match(/It is started again\./g)).toHaveLength(3)
  }, 60_000)

  test('a port that is taken is refused with a sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise(done => taken.once('listening', done))
    const { port } = taken.address() as { port: number }
    const started = start(['--browser', '--demo', '--data', folder, '--port', String(port)])
    expect(await started.ended).toBe(1)
    expect(started.err()).toBe(
      `Contango cannot start: Another program uses port ${port}. Choose another with --port, or leave it out.\n`,
    )
    taken.close()
  }, 60_000)

  test.each([
    [['--nonsense'], /--nonsense is no flag of Contango/],
    [['--port', 'x'], /--port must be a number/],
    [['--theme', 'pink'], /--theme cannot be "pink"/],
    [['--data'], /--data needs a value/],
  ])(
    '%s is refused with a sentence',
    async (args, sentence) => {
      const started = start(['--browser', ...(args.includes('--data') ? [] : ['--data', folder]), ...args])
      expect(await started.ended).toBe(1)
      expect(started.err()).toMatch(sentence)
      expect(started.out()).toBe('')
    },
    60_000,
  )

  test('without --browser and without Electron it says why in one line', async () => {
    const started = start(['--demo', '--data', folder])
    await started.line(OPEN)
    expect(started.err()).toBe('Contango opens in a browser, because there is no display.\n')
  }, 60_000)
})
