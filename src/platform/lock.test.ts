import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { addressOf, lockOrFind, lockWorkspace, newToken, readWayIn, WorkspaceOpen } from './lock.ts'

const clock = systemClock()
const folders: string[] = []
function freshFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'contango-lock-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A process that holds the lock until it is killed. */
async function holder(folder: string) {
  const code = `
    import { lockWorkspace } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
    const lock = lockWorkspace(${JSON.stringify(folder)}, { now: () => 1 })
    lock.publish({ port: 4711, token: 'held' })
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', code])
  await new Promise((done, failed) => {
    child.stdout.once('data', done)
    child.once('exit', code => failed(new Error(`the holder ended with ${code}`)))
  })
  return child
}

describe('the lock of a workspace', () => {
  test('a second one in the same process is refused with the way in', () => {
    const folder = freshFolder()
    const lock = lockWorkspace(folder, clock)
    const way = lock.publish({ port: 4000, token: newToken() })
    expect(() => lockWorkspace(folder, clock)).toThrow(WorkspaceOpen)
    expect(readWayIn(folder)).toEqual(way)
    expect(addressOf(way)).toBe(`http://127.0.0.1:4000/#token=${way.token}`)
    lock.release()
    lockWorkspace(folder, clock).release()
    expect(readWayIn(folder)).toBeNull()
  })

  test('another process keeps it as long as it lives, and a killed one gives it up at once', async () => {
    const folder = freshFolder()
    const child = await holder(folder)
    const refused = await lockOrFind(folder, clock).catch((fault: unknown) => fault)
    expect(refused).toBeInstanceOf(WorkspaceOpen)
    expect((refused as WorkspaceOpen).way).toMatchObject({ pid: child.pid, port: 4711, token: 'held' })
    const gone = new Promise(done => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
    expect(readWayIn(folder)).not.toBeNull()
    const lock = lockWorkspace(folder, clock)
    expect(readWayIn(folder)).toBeNull()
    lock.release()
  })

  test('a host.json that names a living process keeps nobody out: the number was given out again', () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'host.json'), JSON.stringify({ pid: process.pid, port: 1, token: 'old', startedAt: 1 }))
    lockWorkspace(folder, clock).release()
  })

  test('the way in can be read by its owner alone', () => {
    const folder = freshFolder()
    const lock = lockWorkspace(folder, clock)
    lock.publish({ port: 4000, token: newToken() })
    if (process.platform !== 'win32') expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o600)
    lock.release()
  })

  test('a damaged host.json counts as none', () => {
    const folder = freshFolder()
    for (const text of ['', '{"pid": 1', '{"pid": "1"}', 'null']) {
      writeFileSync(join(folder, 'host.json'), text)
      expect(readWayIn(folder)).toBeNull()
    }
  })

  test('tokens are long and never alike', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken))
    expect(tokens.size).toBe(100)
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
  })
})
