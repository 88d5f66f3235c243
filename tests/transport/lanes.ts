import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { Client } from '../../src/contract/index.ts'
import { type Installation, installationOf } from '../../src/main/entries.ts'
import { createHost, type Host } from '../../src/main/host.ts'
import type { User } from '../../src/main/user.ts'
import { restClient } from './rest-client.ts'

/** A page of three files stands for the built one, so that nothing here waits for a build; the launcher's tests look at the real one. */
function trialPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contango-page-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'app-1a2b3c.js'), 'document.title = "trial"')
  writeFileSync(join(folder, 'assets', 'app-4d5e6f.css'), 'body { margin: 0 }')
  const head =
    '<link rel="stylesheet" href="./assets/app-4d5e6f.css"><script type="module" src="./assets/app-1a2b3c.js"></script>'
  writeFileSync(join(folder, 'index.html'), `<!doctype html><title>Trial</title>${head}<div id="root"></div>`)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const installation: Installation = {
  ...installationOf(new URL('../../src/main/headless.ts', import.meta.url).href),
  page: trialPage(),
}

/** A running host on a workspace of its own. */
export interface Trial {
  readonly host: Host
  readonly port: number
  readonly base: string
  end(): Promise<void>
}

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'contango-host-'))
}

export async function startHost({
  user,
  argv = ['--rest'],
  folder = freshFolder(),
}: {
  user?: User
  argv?: readonly string[]
  folder?: string
} = {}): Promise<Trial> {
  const host = await createHost({ folder, installation, argv, env: {}, demo: true, ...(user ? { user } : {}) })
  const port = await host.listen(0)
  return {
    host,
    port,
    base: `http://127.0.0.1:${port}`,
    async end() {
      await host.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One way to reach a host, and how to leave it. */
export interface Lane {
  readonly desk: Client
  leave(): void | Promise<void>
}

export function overPort({ host }: Pick<Trial, 'host'>): Lane {
  const { port1, port2 } = new MessageChannel()
  host.servePort(port2 as never)
  port1.start()
  return { desk: createORPCClient(new PortLink({ port: port1 as never })), leave: () => port1.close() }
}

export async function overSocket({ port, host }: Trial): Promise<Lane> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['contango', `token.${host.token}`])
  await new Promise((done, failed) => {
    socket.addEventListener('open', done)
    socket.addEventListener('error', failed)
  })
  return { desk: createORPCClient(new SocketLink({ websocket: socket })), leave: () => socket.close() }
}

export function overRest({ base, host }: Trial): Lane {
  return { desk: restClient({ base, token: host.token }), leave: () => {} }
}
