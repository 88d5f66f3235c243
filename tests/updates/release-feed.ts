import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type ClientRequest, createServer, request, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  configureRequestOptions,
  configureRequestUrl,
  type DownloadOptions,
  HttpExecutor,
  type RequestHeaders,
} from 'builder-util-runtime'
import { AppImageUpdater, type AppUpdater, NsisUpdater } from 'electron-updater'
import { stringify } from 'yaml'

interface Signing {
  manifestOf(folder: string, details: object): object
  signManifest(manifest: object, by: { name: string; key: KeyObject }): string
}
const script = new URL('../../scripts/sign-update.mjs', import.meta.url).href
const { manifestOf, signManifest } = (await import(script)) as Signing

/** The systems whose updaters of electron-updater can be made without Electron. */
export const SYSTEMS = {
  linux: { list: 'latest-linux.yml', file: 'Contango-1.1.0.AppImage', Updater: AppImageUpdater },
  win32: { list: 'latest.yml', file: 'Contango Setup 1.1.0.exe', Updater: NsisUpdater },
} as const
export type System = keyof typeof SYSTEMS

/** What is done to an answer of the feed: said in another way, cut short, or not given at all. */
type Answer = Buffer | { readonly cutAfter: number; readonly of: Buffer } | 'silent'

/** A release as it lies on a server, with all that can be made wrong about it. */
export interface ReleaseFeed {
  readonly url: string
  readonly answers: Map<string, Answer>
  readonly keys: Readonly<Record<string, KeyObject>>
  /** Signs a manifest anew, with changes, and puts it on the feed. */
  sign(changes?: object, key?: KeyObject, name?: string): void
  close(): Promise<void>
}

const INSTALLER = Buffer.alloc(300_000, 'the new version ')

function respond(response: ServerResponse, answer: Answer | undefined): void {
  if (answer === 'silent') return
  if (!answer) return void response.writeHead(404).end()
  if (Buffer.isBuffer(answer)) return void response.writeHead(200, { 'content-length': answer.length }).end(answer)
  response.writeHead(200, { 'content-length': answer.of.length })
  response.write(answer.of.subarray(0, answer.cutAfter), () => response.socket?.destroy())
}

/** A feed on this machine with one release, 1.1.0, signed by a key made for it. */
export async function openFeed(system: System): Promise<ReleaseFeed> {
  const { list, file } = SYSTEMS[system]
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const folder = mkdtempSync(join(tmpdir(), 'contango-feed-'))
  const sha512 = createHash('sha512').update(INSTALLER).digest('base64')
  const files = [{ url: file, sha512, size: INSTALLER.length }]
  const text = stringify({ version: '1.1.0', files, path: file, sha512, releaseDate: '2026-11-20T10:00:00.000Z' })
  writeFileSync(join(folder, list), text)
  const answers = new Map<string, Answer>([
    [list, Buffer.from(text)],
    [file, INSTALLER],
  ])
  const details = { platform: system, channel: 'latest', minimum: '1.0.0', percent: 100, notes: '## 1.1.0\nFaster.' }
  const sign = (changes: object = {}, key = privateKey, name = 'release') => {
    const manifest = { ...manifestOf(folder, { ...details, date: '2026-11-20T10:00:00.000Z' }), ...changes }
    answers.set(`contango-latest-${system}.json`, Buffer.from(signManifest(manifest, { name, key })))
  }
  sign()
  const server = createServer((asked, response) =>
    respond(response, answers.get(decodeURIComponent(new URL(asked.url ?? '/', 'http://feed').pathname.slice(1)))),
  )
  return { url: await listen(server), answers, sign, keys: { release: publicKey }, close: () => shut(server, folder) }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`
}

async function shut(server: Server, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  server.closeAllConnections()
  await new Promise(done => server.close(done))
}

/** Electron's network stack is not here; Node's takes its place, and everything above it is electron-updater's own. */
class NodeExecutor extends HttpExecutor<ClientRequest> {
  createRequest(options: { headers?: RequestHeaders }, callback: (response: never) => void): ClientRequest {
    return request(options as never, callback as never)
  }
  /** As electron-updater's own executor does it, with Electron's network in the place of Node's. */
  download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    return options.cancellationToken.createPromise((resolve, reject, onCancel) => {
      const asked = { headers: options.headers ?? undefined, redirect: 'manual' } as never
      configureRequestUrl(url, asked)
      configureRequestOptions(asked)
      const callback = (fault: Error | null) => (fault ? reject(fault) : resolve(destination))
      this.doDownload(asked, { destination, options, onCancel, callback, responseHandler: null }, 0)
    })
  }
}

/** A real updater of electron-updater for an installed 1.0.0. */
export function realUpdater(system: System, folder: string): AppUpdater {
  writeFileSync(
    join(folder, 'app-update.yml'),
    'provider: generic\nurl: https://nowhere.invalid\nupdaterCacheDirName: contango\n',
  )
  const updater = new SYSTEMS[system].Updater(null, {
    version: '1.0.0',
    name: 'contango',
    isPackaged: true,
    appUpdateConfigPath: join(folder, 'app-update.yml'),
    userDataPath: folder,
    baseCachePath: join(folder, 'cache'),
    whenReady: async () => {},
    relaunch() {},
    quit() {},
    onQuit() {},
  })
  Object.assign(updater, { httpExecutor: new NodeExecutor(), _testOnlyOptions: { platform: system } })
  return updater
}
