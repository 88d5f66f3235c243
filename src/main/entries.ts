import { fileURLToPath } from 'node:url'

/** Where the other programs and folders of this installation lie. */
export interface Installation {
  readonly worker: URL
  readonly dataProcess: URL
  readonly page: string
  readonly resources: string
  readonly schema: URL
  readonly preload: string
}

/**
 * The installation around an entry, which is either bundled (`build/host/x.mjs`, `build/main/electron.js`) or the source itself.
 *
 * The source form is for tests: threads and child processes start from the TypeScript files.
 */
export function installationOf(entry: string): Installation {
  const at = (path: string) => new URL(path, entry)
  const folder = (path: string) => fileURLToPath(at(path))
  if (entry.endsWith('.ts'))
    return {
      worker: at('../workers/entry.ts'),
      dataProcess: at('../platform/data-process.ts'),
      page: folder('../../build/page'),
      resources: folder('../../node_modules/vega-datasets/data'),
      schema: at('./schema/'),
      preload: folder('../../build/preload/index.cjs'),
    }
  return {
    worker: at('../host/worker.mjs'),
    dataProcess: at('../host/data-process.mjs'),
    page: folder('../page'),
    resources: folder('../resources'),
    schema: at('../schema/'),
    preload: folder('../preload/index.cjs'),
  }
}
