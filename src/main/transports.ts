import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { ORPCError } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { BodyLimitPlugin } from '@orpc/server/node'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ErrorCode, ErrorData } from '../contract/errors.ts'
import { failure } from './fail.ts'
import { type GuardedContext, malformed } from './guard.ts'
import { openApiDocument } from './openapi.ts'
import type { PageFiles } from './page-files.ts'
import { contentPolicy, SAFE_HEADERS } from './page-policy.ts'
import type { HostRouter } from './router.ts'
import type { Lane } from './user.ts'

type Port = Parameters<PortHandler<GuardedContext>['upgrade']>[0] & { start?: () => void; close?: () => void }

/** A piece of an uploaded file is the largest message there is: 9 MB, as base64 twelve. */
const LARGEST_MESSAGE = 16 * 1024 * 1024
/** A page that reads nothing for so long that this much waits for it is cut off; it connects again by itself. */
const LARGEST_BACKLOG = 64 * 1024 * 1024
const SOCKET_PROTOCOL = 'contango'

export interface Transports {
  /** Serves a page over a message port, as Electron hands one over. */
  servePort(port: Port): void
  /** Opens the doors on 127.0.0.1; gives the port. */
  listen(port: number): Promise<number>
  connections(): number
  close(): Promise<void>
}

interface Parts {
  readonly router: HostRouter
  readonly contextFor: (lane: Lane) => GuardedContext
  readonly token: string
  readonly page: PageFiles
  readonly version: string
  /** Whether the REST interface is on at this moment. */
  readonly restIsOn: () => boolean
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>
}

/**
 * Every way into the host.
 *
 * Each door but the page's own files asks for the token of the launch: as `Authorization: Bearer` over HTTP, and as the
 * subprotocol `token.…` beside `contango` on the socket, so that it is never part of an address. Requests for another host name
 * (DNS rebinding) or from another page are refused before that.
 */
export function createTransports(parts: Parts): Transports {
  // Two literals on purpose: a handler changes the options it is given.
  const ports = new PortHandler<GuardedContext>(parts.router, { clientInterceptors: [plainRefusals] })
  const sockets = new SocketHandler<GuardedContext>(parts.router, { clientInterceptors: [plainRefusals] })
  const rest = new OpenAPIHandler<GuardedContext>(parts.router, {
    interceptors: [unreadable],
    clientInterceptors: [plainRefusals],
    plugins: [new BodyLimitPlugin({ maxBodySize: LARGEST_MESSAGE })],
  })
  const openPorts = new Set<Port>()
  const door = createDoor(parts, rest)
  const server = createServer((request, response) => void door.answer(request, response))
  server.requestTimeout = 0
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: () => SOCKET_PROTOCOL,
  })
  server.on('upgrade', (request, socket, head) => {
    const refused = door.refuseUpgrade(request)
    if (refused) return refuseUpgrade(socket, refused)
    upgrades.handleUpgrade(request, socket, head, opened => {
      watchBacklog(opened)
      void sockets.upgrade(opened, { context: parts.contextFor(request.headers.origin ? 'browser' : 'cli') })
    })
  })
  return {
    servePort(port) {
      openPorts.add(port)
      ports.upgrade(port, { context: parts.contextFor('electron') })
      port.start?.()
    },
    listen: async port => {
      const bound = await bind(server, port)
      door.open(bound)
      return bound
    },
    connections: () => upgrades.clients.size + openPorts.size,
    async close() {
      for (const port of openPorts) port.close?.()
      for (const client of upgrades.clients) client.close(1001, 'the host is closing')
      upgrades.close()
      const closed = new Promise<void>(done => server.close(() => done()))
      // Pages get a moment to hear the close frame; what still hangs on afterwards is cut.
      setTimeout(() => {
        for (const client of upgrades.clients) client.terminate()
        server.closeAllConnections()
      }, 200).unref()
      if (server.listening) await closed
    },
  }
}

/** oRPC's own refusals (input of the wrong form, an unknown procedure) in the words of the catalogue. */
async function plainRefusals<T>({ next }: { next: () => Promise<T> }): Promise<T> {
  try {
    return await next()
  } catch (fault) {
    if (fault instanceof ORPCError && fault.code === 'BAD_REQUEST' && (fault.data as { issues?: unknown } | undefined)?.issues)
      throw malformed(fault)
    throw fault
  }
}

/** A body that could not be read into an input; every other failure has its form by then. */
async function unreadable<T>({ next }: { next: () => Promise<T> }): Promise<T> {
  try {
    return await next()
  } catch (fault) {
    if (fault instanceof ORPCError) throw fault
    throw failure('BAD_REQUEST', { reason: 'its body is not the JSON that its content type promises', field: '' })
  }
}

function watchBacklog(socket: WebSocket): void {
  const send = socket.send.bind(socket)
  socket.send = ((...args: Parameters<WebSocket['send']>) => {
    if (socket.bufferedAmount > LARGEST_BACKLOG) return socket.terminate()
    return send(...args)
  }) as WebSocket['send']
  socket.on('error', () => socket.terminate())
}

async function bind(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the host has no port')
  return address.port
}

interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly data: ErrorData<ErrorCode>
}

const refusal = <C extends ErrorCode>(code: C, data: ErrorData<C>): Refusal => ({
  status: failure(code, data).status,
  code,
  data,
})

/** The HTTP side of the doors: who may come in, and what is behind each address. */
function createDoor(parts: Parts, rest: OpenAPIHandler<GuardedContext>) {
  const expected = Buffer.from(parts.token)
  let hosts = new Set<string>()
  let policy = ''
  let server = ''

  const knows = (token: string | undefined): boolean => {
    const given = Buffer.from(token ?? '')
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  const refuseStranger = (request: IncomingMessage): Refusal | null => {
    const host = request.headers.host ?? ''
    if (!hosts.has(host)) return refusal('HOST_REFUSED', { host })
    const origin = request.headers.origin
    if (origin !== undefined && !(origin.startsWith('http://') && hosts.has(origin.slice('http://'.length))))
      return refusal('ORIGIN_REFUSED', { origin })
    return null
  }
  const bearer = (request: IncomingMessage) => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const stranger = refuseStranger(request)
    if (stranger) return answerRefusal(response, stranger)
    const path = pathOf(request)
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (isReading && (await parts.page.serve(request, response, path))) return
    if (!knows(bearer(request))) return answerRefusal(response, refusal('UNAUTHORIZED', {}))
    if (path === '/metrics' && isReading)
      return answerText(response, 'text/plain; version=0.0.4; charset=utf-8', await parts.metrics())
    const isApi = path === '/api' || path.startsWith('/api/')
    if (path !== '/openapi.json' && !isApi) return answerRefusal(response, refusal('ADDRESS_UNKNOWN', { address: path }))
    if (!parts.restIsOn()) return answerRefusal(response, refusal('REST_OFF', {}))
    if (path === '/openapi.json')
      return answerText(
        response,
        'application/json; charset=utf-8',
        JSON.stringify(await openApiDocument({ version: parts.version, server })),
      )
    if (Number(request.headers['content-length']) > LARGEST_MESSAGE)
      return answerRefusal(
        response.setHeader('connection', 'close'),
        refusal('PAYLOAD_TOO_LARGE', { megabytes: LARGEST_MESSAGE / 2 ** 20 }),
      )
    const { matched } = await rest.handle(request, response, { prefix: '/api', context: parts.contextFor('cli') })
    if (!matched) answerRefusal(response, refusal('ADDRESS_UNKNOWN', { address: path }))
  }

  return {
    open(port: number) {
      hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
      server = `http://127.0.0.1:${port}/api`
      policy = contentPolicy([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`])
    },
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value)
      response.setHeader('content-security-policy', policy)
      try {
        await route(request, response)
      } catch {
        if (response.headersSent) response.destroy()
        else answerRefusal(response, refusal('BAD_REQUEST', { reason: 'it could not be read to its end', field: '' }))
      }
    },
    refuseUpgrade(request: IncomingMessage): Refusal | null {
      const stranger = refuseStranger(request)
      if (stranger) return stranger
      if (pathOf(request) !== '/ws') return refusal('ADDRESS_UNKNOWN', { address: pathOf(request) })
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(one => one.trim())
      const token = offered.find(one => one.startsWith('token.'))?.slice('token.'.length) ?? bearer(request)
      return offered.includes(SOCKET_PROTOCOL) && knows(token) ? null : refusal('UNAUTHORIZED', {})
    },
  }
}

/** The path of an address without its query; an address that cannot be read is nobody's. */
function pathOf(request: IncomingMessage): string {
  const raw = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
  try {
    return decodeURIComponent(raw)
  } catch {
    return '\0'
  }
}

function answerText(response: ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', type)
  response.setHeader('cache-control', 'no-store')
  response.end(body)
}

/** The same form as oRPC's own failures over HTTP, so that a client needs one reader. */
function answerRefusal(response: ServerResponse, { status, code, data }: Refusal): void {
  response.statusCode = status
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="Contango"')
  const { message } = failure(code, data as never)
  answerText(response, 'application/json; charset=utf-8', JSON.stringify({ defined: true, code, status, message, data }))
}

function refuseUpgrade(socket: Duplex, { status, code, data }: Refusal): void {
  const body = JSON.stringify({ defined: true, code, status, message: failure(code, data as never).message, data })
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.on('error', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
