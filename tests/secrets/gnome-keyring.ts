import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NEEDS = ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send']
const PACKAGES = ['gnome-keyring', 'dbus', 'dbus-bin', 'dbus-daemon']

const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

/** Gets the keyring where that needs nobody: as root, on a system with apt. */
function installed(): boolean {
  if (process.platform !== 'linux') return false
  if (NEEDS.every(isThere)) return true
  if (process.getuid?.() !== 0 || !isThere('apt-get')) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, timeout: 180_000, stdio: 'ignore' } as const
  const install = () => spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], options).status === 0
  if (!install()) {
    spawnSync('apt-get', ['update'], options)
    install()
  }
  return NEEDS.every(isThere)
}

/** Whether tests against a real Secret Service can run here. */
export const hasKeyring: boolean = installed()
if (!hasKeyring)
  console.log(
    process.platform === 'linux'
      ? 'no gnome-keyring here: its tests are skipped; apt-get install gnome-keyring dbus brings it'
      : 'tests of gnome-keyring are for Linux only and skipped here',
  )

export interface KeyringSession {
  /** Address of its own bus; whoever has it in the environment uses this keyring. */
  readonly address: string
  lock(): void
  unlock(): void
  /** Another keyring, unlocked and empty, answers on the same bus; `unlock` brings the first one back. */
  swap(): void
  end(): Promise<void>
}

/** A bus and an unlocked keyring of their own, in a home of their own. */
export async function startKeyring(): Promise<KeyringSession> {
  const home = mkdtempSync(join(tmpdir(), 'contango-keyring-'))
  const env = { ...process.env, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home, DISPLAY: '' }
  // `cat` holds the session open until its input ends.
  const script =
    'echo -n pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; echo "ADDRESS $DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null'
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const address = await addressOf(child)
  const call = (...words: string[]) =>
    spawnSync('dbus-send', [`--bus=${address}`, '--print-reply', '--dest=org.freedesktop.secrets', ...words], {
      env,
      timeout: 5000,
    })
  // A daemon that runs is not unlocked from outside; one that takes its place is, as after a login.
  const replace = (data: string) =>
    void spawnSync('gnome-keyring-daemon', ['--replace', '--unlock', '--components=secrets'], {
      env: { ...env, XDG_DATA_HOME: join(home, data), DBUS_SESSION_BUS_ADDRESS: address },
      input: 'pw',
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 5000,
    })
  return {
    address,
    lock: () =>
      void call(
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login',
      ),
    unlock: () => replace('data'),
    swap: () => replace('other'),
    async end() {
      const gone = new Promise(done => child.on('exit', done))
      child.stdin.end()
      const stop = setTimeout(() => child.kill('SIGKILL'), 3000)
      await gone
      clearTimeout(stop)
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (piece: Buffer) => {
      text += String(piece)
      const found = /ADDRESS (\S+)/.exec(text)
      if (found) resolve(found[1]!)
    })
    child.on('exit', code => reject(new Error(`the keyring session ended with ${code}`)))
    child.on('error', reject)
  })
}
