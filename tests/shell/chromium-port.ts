import { EventEmitter } from 'node:events'

/** The host's end of a port whose other end lies in a page: what Electron calls a MessagePortMain. */
export class PortDouble extends EventEmitter {
  readonly #send: (text: string) => void
  readonly #hangUp: () => void
  #waiting: unknown[] | null = []
  #closed = false
  constructor(send: (text: string) => void, hangUp: () => void) {
    super()
    this.#send = send
    this.#hangUp = hangUp
  }
  postMessage(data: unknown) {
    if (!this.#closed) this.#send(pack(data))
  }
  /** Messages wait until somebody listens, as on a real port. */
  start() {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const data of waiting) this.emit('message', { data, ports: [] })
  }
  close() {
    if (this.#closed) return
    this.#hangUp()
    this.ended()
  }
  received(text: string) {
    const data = unpack(text)
    if (this.#waiting) this.#waiting.push(data)
    else this.emit('message', { data, ports: [] })
  }
  ended() {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }
}

/** Texts travel as they are, bytes as base64: what the lanes of the host send, and nothing else. */
function pack(data: unknown): string {
  if (typeof data === 'string') return `t${data}`
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Uint8Array)
  if (!ArrayBuffer.isView(bytes)) throw new TypeError('only texts and bytes cross this double')
  return `b${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`
}

function unpack(text: string): unknown {
  return text.startsWith('t') ? text.slice(1) : new Uint8Array(Buffer.from(text.slice(1), 'base64'))
}

/**
 * What stands for `require('electron')` before a preload script, in a world of its own beside the page's: an ipcRenderer that sends
 * messages and ports through the browser's debugging channel.
 */
export function preloadSource(script: string): string {
  return `(() => {
  const ports = new Map()
  let next = 0
  const tell = message => __toShell(JSON.stringify(message))
  const pack = data => typeof data === 'string' ? 't' + data : 'b' + btoa(String.fromCharCode(...new Uint8Array(data.buffer ?? data)))
  const unpack = text => text[0] === 't' ? text.slice(1) : Uint8Array.from(atob(text.slice(1)), letter => letter.charCodeAt(0))
  globalThis.__fromShell = {
    deliver: (id, text) => ports.get(id)?.postMessage(unpack(text)),
    hangUp: id => ports.get(id)?.close(),
  }
  const postMessage = (channel, message, transfer = []) => {
    const ids = transfer.map(port => {
      const id = next++
      ports.set(id, port)
      port.onmessage = event => tell({ kind: 'port', id, text: pack(event.data) })
      port.addEventListener('close', () => tell({ kind: 'closed', id }))
      return id
    })
    tell({ kind: 'ipc', channel, message, ports: ids })
  }
  const electron = { ipcRenderer: { postMessage, send: (channel, ...words) => postMessage(channel, words) } }
  const load = name => {
    if (name === 'electron') return electron
    throw new Error('a sandboxed preload script cannot load ' + name)
  }
  ;(function (require, module, exports) {
${script}
  })(load, { exports: {} }, {})
})()`
}
