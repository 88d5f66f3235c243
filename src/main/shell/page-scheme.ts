import { readFile } from 'node:fs/promises'
import type { PageFiles } from '../page-files.ts'
import { contentPolicy, SAFE_HEADERS } from '../page-policy.ts'
import { type ElectronParts, SCHEME } from './electron-parts.ts'

/** Must run before Electron is ready: afterwards a scheme can no longer be given an origin. */
export function claimScheme({ protocol }: ElectronParts): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Serves the built page under its scheme, and nothing else, with the same policy as over HTTP but without sockets. */
export function servePage({ protocol }: ElectronParts, page: PageFiles): void {
  const headers = { ...SAFE_HEADERS, 'content-security-policy': contentPolicy([]) }
  protocol.handle(SCHEME, async ({ url }) => {
    const found = page.find(pathIn(url) ?? '\0')
    if (!found) return new Response('', { status: 404, headers })
    return new Response(new Uint8Array(await readFile(found.file)), { headers: { ...headers, 'content-type': found.type } })
  })
}

/** The path of an address of the page; null for another host, or one that cannot be read. */
function pathIn(url: string): string | null {
  try {
    const { host, pathname } = new URL(url)
    return host === 'contango' ? decodeURIComponent(pathname) : null
  } catch {
    return null
  }
}
