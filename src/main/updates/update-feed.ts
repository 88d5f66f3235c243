import type { ErrorCode } from '../../contract/errors.ts'
import type { Clock } from '../../platform/clock.ts'

/** A feed that says nothing for so long is called silent. */
const PATIENCE_SECONDS = 15
const LARGEST = 256 * 1024

/** Why an update is not to be had, with what its sentence needs. */
export class UpdateRefused extends Error {
  override readonly name = 'UpdateRefused'
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, string | number>>
  constructor(code: ErrorCode, data: Readonly<Record<string, string | number>> = {}) {
    super(code)
    this.code = code
    this.data = data
  }
}

/**
 * The address of a feed, with the / that names in it are put behind.
 *
 * Fails: UpdateRefused where it is not https; a feed on this machine may be plain, for trying one out.
 */
export function feedAddress(text: string): URL {
  let url: URL
  try {
    url = new URL(text.endsWith('/') ? text : `${text}/`)
  } catch {
    throw new UpdateRefused('UPDATE_FEED_BAD', { feed: text, reason: 'it is no address' })
  }
  const isLocal = url.protocol === 'http:' && url.hostname === '127.0.0.1'
  if (url.protocol !== 'https:' && !isLocal)
    throw new UpdateRefused('UPDATE_FEED_BAD', { feed: url.origin, reason: 'its address does not begin with https://' })
  return url
}

/** The signed manifest of a channel, as text. Fails: UpdateRefused. */
export async function fetchManifest(
  { feed, channel, platform }: { feed: URL; channel: string; platform: string },
  { fetch, clock, seconds = PATIENCE_SECONDS }: { fetch: typeof globalThis.fetch; clock: Clock; seconds?: number },
): Promise<string> {
  const stop = new AbortController()
  const end = clock.after(seconds, () => stop.abort())
  const refuse = (reason: string) => new UpdateRefused('UPDATE_FEED_BAD', { feed: feed.origin, reason })
  try {
    // Not followed elsewhere: what the address in Settings does not serve itself is not this feed.
    const answer = await fetch(new URL(`contango-${channel}-${platform}.json`, feed), {
      signal: stop.signal,
      cache: 'no-store',
      redirect: 'error',
    })
    if (!answer.ok) throw refuse(`it answered ${answer.status}`)
    return await readText(answer, refuse)
  } catch (fault) {
    if (fault instanceof UpdateRefused) throw fault
    if (stop.signal.aborted) throw new UpdateRefused('UPDATE_SILENT', { feed: feed.origin, seconds })
    throw refuse('it cannot be reached, or broke off in the middle')
  } finally {
    end()
  }
}

async function readText(answer: Response, refuse: (reason: string) => UpdateRefused): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    size += piece.byteLength
    if (size > LARGEST) throw refuse('its manifest is larger than any can be')
    pieces.push(piece)
  }
  const length = Number(answer.headers.get('content-length') ?? size)
  if (size !== length) throw refuse(`its manifest broke off after ${size} of ${length} bytes`)
  return Buffer.concat(pieces).toString('utf8')
}
