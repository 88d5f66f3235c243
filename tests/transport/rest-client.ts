import { isContractProcedure } from '@orpc/contract'
import { type Client, contract } from '../../src/contract/index.ts'

/** A failure as it stands in a REST answer. */
export class RestFailure extends Error {
  readonly status: number
  readonly code: string
  readonly data: unknown
  readonly defined: boolean
  constructor(status: number, body: { code: string; message: string; data: unknown; defined: boolean }) {
    super(body.message)
    this.status = status
    this.code = body.code
    this.data = body.data
    this.defined = body.defined
  }
}

interface Target {
  readonly base: string
  readonly token: string
}

type Route = { readonly method: string; readonly path: string }

function routeOf(path: readonly string[]): Route {
  let node: unknown = contract
  for (const part of path) node = (node as Record<string, unknown>)[part]
  if (!isContractProcedure(node)) throw new Error(`no procedure ${path.join('.')}`)
  const { method, path: address } = node['~orpc'].route
  return { method: method!, path: address! }
}

/** Fills the path, and puts what is left into the query of a GET or DELETE and into the body of the others. */
function requestOf({ base, token }: Target, { method, path }: Route, input: Record<string, unknown>): [string, RequestInit] {
  const rest = { ...input }
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  const headers: Record<string, string> = { authorization: `Bearer ${token}` }
  if (method !== 'GET') {
    headers['content-type'] = 'application/json'
    return [`${base}/api${address}`, { method, headers, body: JSON.stringify(rest) }]
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (Array.isArray(value)) for (const [k, inner] of value.entries()) query.append(`${name}[${k}]`, String(inner))
    else if (value !== undefined) query.append(name, String(value))
  }
  return [`${base}/api${address}?${query}`, { method, headers }]
}

/** Server-sent events as values; an `error` event ends it with that failure. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) =>
        lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).trim())
      const kind = field('event')[0] ?? 'message'
      const data = field('data').join('\n')
      if (kind === 'done') return
      if (kind === 'error') throw new RestFailure(200, JSON.parse(data))
      if (data !== '') yield JSON.parse(data)
    }
  }
}

async function call(
  target: Target,
  path: readonly string[],
  input: Record<string, unknown> = {},
  options: { signal?: AbortSignal } = {},
) {
  const [address, init] = requestOf(target, routeOf(path), input)
  const answer = await fetch(address, { ...init, signal: options.signal ?? null })
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return events(answer.body!)
  const text = await answer.text()
  const body = text === '' ? undefined : JSON.parse(text)
  if (!answer.ok) throw new RestFailure(answer.status, body)
  return body
}

/** The contract as a client over plain HTTP, written from the contract's routes and nothing of the server's library. */
export function restClient(target: Target): Client {
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => {}, {
      get: (_, name) => (typeof name === 'string' && name !== 'then' ? at([...path, name]) : undefined),
      apply: (_, __, [input, options]) => call(target, path, input, options),
    })
  return at([]) as Client
}
