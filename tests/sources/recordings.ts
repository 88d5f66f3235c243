import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One recorded exchange: what was asked and what came. */
interface Recording {
  readonly request: { readonly url: string; readonly method: string }
  readonly response: {
    readonly status: number
    readonly statusText: string
    readonly headers: Readonly<Record<string, string | readonly string[]>>
    readonly bodyJson?: unknown
    readonly bodyText?: string
    readonly body?: unknown
  }
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Folder of the recorded Yahoo exchanges, null where this machine has none. */
export const YAHOO_RECORDINGS: string | null = (() => {
  const folder = join(process.env['CONTANGO_RECORDED'] ?? join(root, '../shared/data'), 'yahoo/http_2025')
  return existsSync(folder) ? folder : null
})()

export const NO_RECORDINGS = 'no recorded Yahoo exchanges here; set CONTANGO_RECORDED to the folder that has yahoo/http_2025'

export function recording(name: string): Recording {
  return JSON.parse(readFileSync(join(YAHOO_RECORDINGS ?? '', name), 'utf8')) as Recording
}

export function recordingNames(begin: string): string[] {
  return readdirSync(YAHOO_RECORDINGS ?? '.').filter(name => name.startsWith(begin))
}

/** A recorded response as fetch gives it. */
export function responseOf({ response }: Recording): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers)) {
    // The recorded body is plain: what the wire said of its packing does not hold any more.
    if (name === 'content-encoding' || name === 'content-length') continue
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one)
  }
  const body = response.bodyText ?? JSON.stringify(response.bodyJson ?? response.body ?? '')
  return new Response([204, 304].includes(response.status) ? null : body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  })
}

/** Yahoo as it was recorded: cookies, consent and crumb, and whatever `data` answers for the rest. */
export function recordedYahoo(data: (url: URL) => Response | Promise<Response>) {
  const asked: string[] = []
  let crumb = 'crumb-1'
  const door = (url: URL, method: string): Response | null => {
    const name = `${url.hostname}${url.pathname}`
    if (name === 'finance.yahoo.com/quote/AAPL')
      return url.searchParams.has('guccounter')
        ? responseOf(recording('getCrumb-quote-AAPL-consent-final-redirect.html.json'))
        : responseOf(recording('getCrumb-quote-AAPL.json'))
    if (name === 'guce.yahoo.com/consent') return responseOf(recording('getCrumb-quote-AAPL-consent.html.json'))
    if (name === 'consent.yahoo.com/v2/collectConsent')
      return method === 'POST'
        ? responseOf(recording('getCrumb-quote-AAPL-collectConsentSubmit.json'))
        : responseOf(recording('getCrumb-quote-AAPL-collectConsent.html.json'))
    if (name === 'guce.yahoo.com/copyConsent') return responseOf(recording('getCrumb-quote-AAPL-copyConsent.json'))
    if (url.pathname === '/v1/test/getcrumb') return new Response(crumb)
    return null
  }
  const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    asked.push(url.pathname)
    return door(url, init?.method ?? 'GET') ?? (await data(url))
  }
  return {
    fetch: answer as typeof fetch,
    /** Every request, by its path. */
    asked,
    /** Requests for data, without those for cookies and the crumb. */
    data: () => asked.filter(path => /^\/v\d+\/finance\//.test(path)),
    crumb: () => crumb,
    changeCrumb(next: string) {
      crumb = next
    },
  }
}
