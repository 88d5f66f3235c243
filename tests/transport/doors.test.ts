import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket as PlainSocket } from 'ws'
import { overSocket, startHost, type Trial } from './lanes.ts'

let trial: Trial
let closedRest: Trial
beforeAll(async () => {
  trial = await startHost()
  closedRest = await startHost({ argv: [] })
}, 20_000)
afterAll(async () => {
  await trial?.end()
  await closedRest?.end()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request byte for byte: fetch would mend the path and refuse to lie about the host. */
function ask(
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  port = trial.port,
) {
  return new Promise<Answer>((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      answer.on('end', () => done({ status: answer.statusCode!, headers: answer.headers, body: text }))
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

const withToken = (more: Record<string, string> = {}) => ({ authorization: `Bearer ${trial.host.token}`, ...more })
const codeOf = (answer: Answer) => JSON.parse(answer.body).code

const DOORS = [
  '/metrics',
  '/openapi.json',
  '/api',
  '/api/system/hello',
  '/api/market/quotes?instruments[0]=SPY.DEMO',
  '/api/no/such',
  '/nothing',
  '/host.json',
  '/journal.sqlite',
  '/ws',
]

describe('without the token', () => {
  test.each(DOORS)('%s answers 401 and says nothing', async path => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${trial.host.token}` },
      { authorization: `Bearer ${trial.host.token}x` },
    ]) {
      const answer = await ask(path, { headers: headers as Record<string, string> })
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHORIZED'])
      expect(answer.headers['www-authenticate']).toContain('Bearer')
    }
  })
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is no way around it', async method => {
    for (const path of ['/', '/index.html', '/api/settings/theme']) expect((await ask(path, { method })).status).toBe(401)
  })
  test('a token in the address opens nothing', async () => {
    for (const path of ['/api/system/hello', '/metrics', '/openapi.json'])
      expect((await ask(`${path}?token=${trial.host.token}`)).status).toBe(401)
  })
})

/** How a socket fares that asks in with these protocols and headers. */
async function knock(protocols: string[], headers: Record<string, string> = {}, path = '/ws'): Promise<string> {
  const socket = new PlainSocket(`ws://127.0.0.1:${trial.port}${path}`, protocols, { headers })
  const outcome = await Promise.race([
    once(socket, 'open').then(() => 'open'),
    new Promise<string>(done => socket.on('unexpected-response', (_, answer) => done(String(answer.statusCode)))),
    new Promise<string>(done => socket.on('error', fault => done(fault.message))),
  ])
  const chosen = socket.protocol
  socket.on('error', () => {})
  socket.terminate()
  return outcome === 'open' ? `open ${chosen}` : outcome
}

/** Pages and programs that are connected, as the metrics have it. */
const gauge = (answer: Answer) => Number(/^page_connections (\d+)$/m.exec(answer.body)?.[1])

describe('the socket', () => {
  test('opens with the token as a protocol, and answers with the other one so that the token is not sent back', async () => {
    expect(await knock(['contango', `token.${trial.host.token}`])).toBe('open contango')
  })
  test.each([
    ['no protocol', []],
    ['no token', ['contango']],
    ['a wrong token', ['contango', 'token.wrong']],
    ['an empty token', ['contango', 'token.']],
  ])('with %s it is refused with 401', async (_, protocols) => {
    expect(await knock(protocols)).toBe('401')
  })
  test('a token in its address opens nothing', async () => {
    expect(await knock(['contango'], {}, `/ws?token=${trial.host.token}`)).toBe('401')
  })
  test.each(['https://evil.example', 'http://127.0.0.1:1', 'null', 'http://localhost.evil.example'])(
    'from the page %s it is refused even with the token',
    async origin => {
      expect(await knock(['contango', `token.${trial.host.token}`], { origin })).toBe('403')
    },
  )
  test('from its own page it opens', async () => {
    for (const name of ['127.0.0.1', 'localhost'])
      expect(await knock(['contango', `token.${trial.host.token}`], { origin: `http://${name}:${trial.port}` })).toBe(
        'open contango',
      )
  })
  test('for a foreign host name it is refused even with the token', async () => {
    expect(await knock(['contango', `token.${trial.host.token}`], { host: `evil.example:${trial.port}` })).toBe('403')
  })
  test('a message beyond the limit ends the connection, and the host lives on', async () => {
    const socket = new PlainSocket(`ws://127.0.0.1:${trial.port}/ws`, ['contango', `token.${trial.host.token}`])
    await once(socket, 'open')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    socket.send(Buffer.alloc(17 * 1024 * 1024))
    expect((await closed)[0]).toBe(1009)
    const lane = await overSocket(trial)
    expect((await lane.desk.system.hello()).product).toBe('Contango')
    lane.leave()
  })
  test('a page that reads nothing is cut off before it fills the memory of the host', async () => {
    const socket = new PlainSocket(`ws://127.0.0.1:${trial.port}/ws`, ['contango', `token.${trial.host.token}`])
    await once(socket, 'open')
    socket.on('error', () => {})
    socket.pause()
    const sql = "select repeat('x', 2000) as t from range(2000)"
    for (let k = 0; k < 40; k++)
      socket.send(JSON.stringify({ i: String(k), p: { u: '/lab/run', b: { json: { query: `q${k}`, sql, limit: 2000 } } } }))
    const before = process.memoryUsage().rss
    await vi.waitFor(async () => expect(gauge(await ask('/metrics', { headers: withToken() }))).toBe(0), {
      timeout: 15_000,
      interval: 200,
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(600e6)
    socket.terminate()
  }, 20_000)
  test('bytes that are no message end in nothing', async () => {
    const socket = new PlainSocket(`ws://127.0.0.1:${trial.port}/ws`, ['contango', `token.${trial.host.token}`])
    await once(socket, 'open')
    // The library tells standard error of each, which is right and not to be read here.
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const message of ['', '{', '[]', '{"i":"1"}', 'x'.repeat(1000)]) socket.send(message)
    socket.send(Buffer.from([0, 1, 2, 255]))
    await new Promise(done => setTimeout(done, 100))
    socket.terminate()
    quiet.mockRestore()
    const lane = await overSocket(trial)
    expect((await lane.desk.system.hello()).product).toBe('Contango')
    lane.leave()
  })
})

describe('strangers', () => {
  test.each(['evil.example', `evil.example:80`, '127.0.0.1', '127.0.0.1:1', '0.0.0.0:80', '[::1]:80'])(
    'host name %s is refused everywhere, page included',
    async host => {
      for (const path of ['/', '/index.html', '/api/system/hello', '/metrics']) {
        const answer = await ask(path, { headers: withToken({ host }) })
        // Node itself refuses an empty name before anything of ours is asked.
        expect(host === '' ? [400, 403] : [403]).toContain(answer.status)
        if (answer.status === 403) expect(codeOf(answer)).toBe('HOST_REFUSED')
      }
    },
  )
  test.each(['https://evil.example', 'http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
    'page %s is refused even with the token',
    async origin => {
      const answer = await ask('/api/system/hello', { headers: withToken({ origin }) })
      expect([answer.status, codeOf(answer)]).toEqual([403, 'ORIGIN_REFUSED'])
    },
  )
  test('no answer invites other pages', async () => {
    for (const path of ['/', '/api/system/hello']) {
      const { headers } = await ask(path, { headers: withToken({ origin: `http://127.0.0.1:${trial.port}` }) })
      expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
    }
  })
  test('it listens on the loopback address alone', async () => {
    const { networkInterfaces } = await import('node:os')
    const others = Object.values(networkInterfaces())
      .flat()
      .filter(one => one?.family === 'IPv4' && !one.internal)
    for (const other of others) {
      const socket = connect({ host: other!.address, port: trial.port, timeout: 1000 })
      const outcome = await Promise.race([
        once(socket, 'connect').then(() => 'open'),
        once(socket, 'error').then(() => 'refused'),
        once(socket, 'timeout').then(() => 'refused'),
      ]).catch(() => 'refused')
      socket.destroy()
      expect(outcome).toBe('refused')
    }
  })
})

describe('the page', () => {
  test('comes without a token, with a policy that lets no inline script run and nobody frame it', async () => {
    const answer = await ask('/')
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(answer.headers['content-security-policy'])
    const script = policy.split('; ').find(part => part.startsWith('script-src'))
    expect(script).toBe("script-src 'self'")
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      expect(policy).toContain(part)
    expect(policy).not.toContain('unsafe-eval')
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    })
    expect(answer.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/)
    expect(answer.body).not.toContain(trial.host.token)
  })
  test('what it loads is there, and kept by the browser', async () => {
    const { body } = await ask('/')
    const assets = [...body.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
    expect(assets.length).toBeGreaterThan(1)
    for (const path of assets) {
      const answer = await ask(path)
      expect(answer.status).toBe(200)
      expect(answer.headers['cache-control']).toContain('immutable')
    }
  })
  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/etc/passwd',
    '/./../host/headless.mjs',
    '/%00',
    '/%zz',
    '/index.html/',
    '/INDEX.HTML%00.js',
    '/assets/',
    '/assets',
  ])('%s leads nowhere', async path => {
    expect((await ask(path)).status).toBe(401)
    expect((await ask(path, { headers: withToken() })).status).toBe(404)
  })
  test('a query or a fragment does not change which file it is', async () => {
    expect((await ask('/?x=1')).status).toBe(200)
    expect((await ask('/index.html?../../package.json')).headers['content-type']).toContain('text/html')
  })
})

describe('REST', () => {
  test('is off until it is turned on, and says so to whoever has the token', async () => {
    const headers = { authorization: `Bearer ${closedRest.host.token}` }
    for (const path of ['/api/system/hello', '/openapi.json']) {
      const answer = await ask(path, { headers }, closedRest.port)
      expect([answer.status, codeOf(answer)]).toEqual([403, 'REST_OFF'])
    }
    const lane = await overSocket(closedRest)
    await lane.desk.workspace.set({ key: 'rest', value: true })
    expect((await ask('/api/system/hello', { headers }, closedRest.port)).status).toBe(200)
    await lane.desk.workspace.set({ key: 'rest', value: null })
    expect((await ask('/api/system/hello', { headers }, closedRest.port)).status).toBe(403)
    lane.leave()
  })
  test('its document is served behind the token and names this very address', async () => {
    const answer = await ask('/openapi.json', { headers: withToken() })
    expect(JSON.parse(answer.body)).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      servers: [{ url: `${trial.base}/api` }],
    })
  })
  test('the metrics are text for Prometheus', async () => {
    const answer = await ask('/metrics', { headers: withToken() })
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('# TYPE process_memory_bytes gauge')
  })
  test('an address that is not there is 404 with a sentence', async () => {
    const answer = await ask('/api/no/such', { headers: withToken() })
    expect([answer.status, codeOf(answer)]).toEqual([404, 'ADDRESS_UNKNOWN'])
  })
  test.each([
    ['a body that is no JSON', '{"value":', 400],
    ['a body of another type', '<value/>', 400],
    ['an empty body', '', 400],
  ])('%s is refused in the same form', async (_, body, status) => {
    const type = body.startsWith('<') ? 'application/xml' : 'application/json'
    const answer = await ask('/api/settings/theme', { method: 'PUT', headers: withToken({ 'content-type': type }), body })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'BAD_REQUEST', status: 400, data: { reason: expect.any(String) } })
  })
  test('a body beyond the limit is refused with 413, and the host lives on', async () => {
    const body = JSON.stringify({ value: 'x'.repeat(17 * 1024 * 1024) })
    const answer = await ask('/api/settings/theme', {
      method: 'PUT',
      headers: withToken({ 'content-type': 'application/json' }),
      body,
    }).catch(() => null)
    // The connection may be cut while the body is still being sent, which refuses it as well.
    if (answer) expect([answer.status, codeOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect((await ask('/api/system/hello', { headers: withToken() })).status).toBe(200)
  })
})
