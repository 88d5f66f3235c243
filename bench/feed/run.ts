import { type ChildProcess, fork } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { Client } from '../../src/contract/index.ts'
import { createWriter } from './frames.ts'

const TICK_MS = 10

export interface Measured {
  readonly delayP99: number
  readonly delayMax: number
  readonly bytes: number
  readonly received: number
  readonly gaps: number
  readonly refused: number
  readonly cpuSeconds: number
}

/** A feed on a port: it sends at a steady rate to whoever is connected, catching up when this process was late. */
export async function openFeed(symbols: number) {
  const writer = createWriter(symbols)
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address() as { port: number }
  return {
    port: address.port,
    sent: writer.sent,
    connected: () => sockets.size > 0,
    /** Sends that many quotes a second for so long. */
    async send(perSecond: number, seconds: number): Promise<void> {
      const began = performance.now()
      let sent = 0
      const total = Math.round(perSecond * seconds)
      while (sent < total) {
        const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond))
        if (due > sent) {
          const frame = writer.frame(due - sent, Math.round((performance.timeOrigin + performance.now()) * 1000))
          for (const socket of sockets) socket.write(frame)
          sent = due
        }
        await new Promise(next => setTimeout(next, TICK_MS))
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** A process that takes the feed: `host` is ours, `naive` the peer. */
export async function startTaker(which: 'host' | 'naive', folder: string, port: number, symbols: number) {
  const child = fork(fileURLToPath(new URL(`./${which}.ts`, import.meta.url)), [folder, String(port), String(symbols)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const way = await answer<{ port: number; token: string }>(child, 'open')
  return {
    ...way,
    reset: () => void child.send({ kind: 'reset' }),
    measure: () => {
      child.send({ kind: 'measure' })
      return answer<Measured>(child, 'measured')
    },
    async close() {
      const ended = new Promise(done => child.once('exit', done))
      child.send({ kind: 'close' })
      await ended
    },
  }
}

function answer<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (message: { kind: string }) => {
      if (message.kind !== kind) return
      child.off('message', hear as never)
      child.off('exit', gone)
      resolve(message as T)
    }
    const gone = (code: number | null) => reject(new Error(`the process under test ended with ${code}`))
    child.on('message', hear as never)
    child.once('exit', gone)
  })
}

/** A client of the host over its WebSocket, as the page has one. */
export async function connectDesk(port: number, token: string): Promise<{ desk: Client; close(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['contango', `token.${token}`])
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('the host did not let the reader in')))
  })
  return { desk: createORPCClient(new RPCLink({ websocket: socket })), close: () => socket.close() }
}

/** The value below which that part of the sample lies. */
export function quantile(sample: readonly number[], part: number): number {
  const sorted = Float64Array.from(sample).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
