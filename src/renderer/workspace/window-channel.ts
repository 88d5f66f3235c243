import { LINKS, type LinkLetter, type PanelRecord, recordOf } from './layout.ts'

/** What the windows of one workstation tell each other. They are pages of one origin, so that nobody else hears it. */
export type WindowMessage =
  /** A link group shows another symbol. */
  | { readonly kind: 'link'; readonly workspace: string; readonly letter: LinkLetter; readonly subject: string }
  /** A panel moves into another window; `ask` is for the answer. */
  | { readonly kind: 'adopt'; readonly to: string; readonly ask: string; readonly panel: PanelRecord }
  | { readonly kind: 'adopted'; readonly ask: string }
  /** The main window shows that workspace now; windows of another one close. */
  | { readonly kind: 'current'; readonly workspace: string }
  | { readonly kind: 'close'; readonly window: string }
  | { readonly kind: 'who'; readonly ask: string }
  | { readonly kind: 'here'; readonly ask: string; readonly window: string }

/** The line between the windows; what does not have the form of a message is not heard. */
export interface WindowChannel {
  tell(message: WindowMessage): void
  onMessage(hear: (message: WindowMessage) => void): () => void
  close(): void
}

const TEXTS: Readonly<Record<WindowMessage['kind'], readonly string[]>> = {
  link: ['workspace', 'letter', 'subject'],
  adopt: ['to', 'ask'],
  adopted: ['ask'],
  current: ['workspace'],
  close: ['window'],
  who: ['ask'],
  here: ['ask', 'window'],
}

/** A window of an older page may say what this one does not know. */
function readMessage(told: unknown): WindowMessage | null {
  if (typeof told !== 'object' || told === null) return null
  const { kind, ...rest } = told as Record<string, unknown>
  if (typeof kind !== 'string' || !Object.hasOwn(TEXTS, kind)) return null
  if (!TEXTS[kind as WindowMessage['kind']].every(name => typeof rest[name] === 'string')) return null
  if (kind === 'link' && !(LINKS as readonly unknown[]).includes(rest.letter)) return null
  if (kind !== 'adopt') return told as WindowMessage
  const panel = recordOf(rest.panel)
  return panel && { kind, to: rest.to as string, ask: rest.ask as string, panel }
}

export function openWindowChannel(): WindowChannel {
  const channel = new BroadcastChannel('contango.windows')
  return {
    tell: told => channel.postMessage(told),
    onMessage(hear) {
      const listen = ({ data }: MessageEvent) => {
        const read = readMessage(data)
        if (read) hear(read)
      }
      channel.addEventListener('message', listen)
      return () => channel.removeEventListener('message', listen)
    },
    close: () => channel.close(),
  }
}
