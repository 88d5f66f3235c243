import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, posix } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.webmanifest': 'application/manifest+json',
}

/** The built page: the one thing here that needs no token, since it holds no data. */
export interface PageFiles {
  /** The file behind an address, with its type; null where the page has none of that name. */
  find(path: string): { readonly file: string; readonly type: string } | null
  /** Answers when the address names one of its files; else says no and leaves the answer to others. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>
}

/**
 * Serves exactly the files that stood in a folder when it was read.
 *
 * An address is looked up in that list and never joined to a path, so no spelling of `..` can leave the folder.
 */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const files = new Map<string, string>()
  const walk = async (under: string): Promise<void> => {
    for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
      const inside = posix.join(under, entry.name)
      if (entry.isDirectory()) await walk(inside)
      else if (entry.isFile()) files.set(`/${inside}`, join(folder, inside))
    }
  }
  await walk('').catch(fault => {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault
  })
  const find = (path: string) => {
    const file = files.get(path === '/' ? '/index.html' : path)
    return file ? { file, type: TYPES[extname(file)] ?? 'application/octet-stream' } : null
  }
  return {
    find,
    async serve(request, response, path) {
      const { file, type } = find(path) ?? {}
      if (!file || !type) return false
      const found = await stat(file).catch(() => null)
      if (!found?.isFile()) return false
      response.statusCode = 200
      response.setHeader('content-type', type)
      response.setHeader('content-length', found.size)
      // The names of assets change with what is in them; the page itself must be asked for each time.
      response.setHeader('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (request.method === 'HEAD') response.end()
      else
        createReadStream(file)
          .on('error', () => response.destroy())
          .pipe(response)
      return true
    },
  }
}
