import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** Folder of the programs of PostgreSQL on this machine, null where there are none. */
function programs(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(version => join(debian, version, 'bin')) : []
  const places = [...versions, '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin']
  return places.find(place => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres'))) ?? null
}

/** PostgreSQL refuses to run as root; then it runs as the user that its package made. */
function identity(): { uid?: number; gid?: number } | null {
  if (process.getuid?.() !== 0) return {}
  try {
    const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }))
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return null
  }
}

const bin = programs()
const as = identity()

/** Why no server can be started here, null where one can. */
export const noPostgres = bin === null ? 'no PostgreSQL is installed' : as === null ? 'there is no user postgres' : null

/** A server of its own, with a user `desk` that may do everything. */
export interface PostgresServer {
  readonly port: number
  readonly password: string
  connect(): Promise<Client>
  end(): Promise<void>
}

export async function startPostgres(): Promise<PostgresServer> {
  if (bin === null || as === null) throw new Error(noPostgres ?? '')
  const password = 'right horse'
  const folder = mkdtempSync(join(tmpdir(), 'contango-pg-'))
  const secret = join(folder, 'secret')
  writeFileSync(secret, password)
  chmodSync(secret, 0o644)
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid!)
  const data = join(folder, 'data')
  const words = ['-D', data, '-U', 'desk', '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--no-sync']
  execFileSync(join(bin, 'initdb'), words, { ...as, cwd: folder, stdio: 'pipe' })
  const port = await freePort()
  const at = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`]
  const server = spawn(join(bin, 'postgres'), at, { ...as, cwd: folder, stdio: 'ignore' })
  const gone = new Promise(done => server.once('exit', done))
  const connect = async () => {
    const client = new Client({ host: '127.0.0.1', port, user: 'desk', database: 'postgres', password })
    await client.connect()
    return client
  }
  for (let k = 0; ; k++) {
    try {
      await (await connect()).end()
      break
    } catch (fault) {
      if (k === 100) throw fault
      await new Promise(done => setTimeout(done, 100))
    }
  }
  return {
    ...{ port, password, connect },
    async end() {
      server.kill('SIGINT')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(done => probe.listen(0, '127.0.0.1', done))
  const address = probe.address()
  await new Promise(done => probe.close(done))
  return typeof address === 'object' && address ? address.port : 0
}
