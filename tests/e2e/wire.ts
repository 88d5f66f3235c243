import type { Page, WebSocketRoute } from 'playwright-core'

/** What to do with the calls whose path begins so; anything else passes. */
export type Treatment =
  | { readonly do: 'hold' }
  | { readonly do: 'fail'; readonly code: string; readonly status: number; readonly message: string; readonly data: object }
  | { readonly do: 'answer'; readonly body: unknown }

interface Frame {
  readonly i: string
  readonly t?: number
  readonly p?: { readonly u?: string }
}

/**
 * Stands between a real page and its real host and treats some calls as a slow, broken or empty host would.
 *
 * Must be called before the page opens. The treatment can be changed while it runs.
 */
export async function treatCalls(page: Page, treatments: Map<string, Treatment>): Promise<void> {
  await page.routeWebSocket(/\/ws$/, socket => {
    const host = socket.connectToServer()
    socket.onMessage(message => {
      const frame = typeof message === 'string' ? (JSON.parse(message) as Frame) : null
      const path = frame?.p?.u
      const treatment = path === undefined ? undefined : [...treatments].find(([start]) => path.startsWith(start))?.[1]
      if (!frame || !treatment) return host.send(message)
      reply(socket, frame.i, treatment)
    })
    host.onMessage(message => socket.send(message))
  })
}

function reply(socket: WebSocketRoute, id: string, treatment: Treatment): void {
  if (treatment.do === 'hold') return
  if (treatment.do === 'answer') {
    socket.send(JSON.stringify({ i: id, p: { b: { json: treatment.body } } }))
    return
  }
  const { code, status, message, data } = treatment
  socket.send(JSON.stringify({ i: id, p: { s: status, b: { json: { defined: true, code, status, message, data } } } }))
}
