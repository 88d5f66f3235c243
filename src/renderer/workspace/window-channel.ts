import * as z from 'zod'
import { LINKS, type PanelRecord, recordOf } from './layout.ts'

/** What the windows of one workstation tell each other. They are pages of one origin, so that nobody else hears it. */
const message = z.discriminatedUnion('kind', [
  /** A link group shows another symbol. */
  z.object({ kind: z.literal('link'), workspace: z.string(), letter: z.enum(LINKS), subject: z.string() }),
  /** A panel moves into another window; `number` is that of the ask, for the answer. */
  z.object({ kind: z.literal('adopt'), to: z.string(), ask: z.string(), panel: z.unknown() }),
  z.object({ kind: z.literal('adopted'), ask: z.string() }),
  /** Windows of a workspace that is no longer current close; a window that is asked for by name comes to the front. */
  z.object({ kind: z.literal('current'), workspace: z.string() }),
  z.object({ kind: z.literal('close'), window: z.string() }),
  z.object({ kind: z.literal('who'), ask: z.string() }),
  z.object({ kind: z.literal('here'), ask: z.string(), window: z.string() }),
])
export type WindowMessage = z.infer<typeof message>

/** The line between the windows; what does not have the form of a message is not heard. */
export interface WindowChannel {
  tell(message: WindowMessage): void
  onMessage(hear: (message: WindowMessage) => void): () => void
  close(): void
}

export function openWindowChannel(): WindowChannel {
  const channel = new BroadcastChannel('contango.windows')
  return {
    tell: told => channel.postMessage(told),
    onMessage(hear) {
      const listen = ({ data }: MessageEvent) => {
        const read = message.safeParse(data)
        if (read.success) hear(read.data)
      }
      channel.addEventListener('message', listen)
      return () => channel.removeEventListener('message', listen)
    },
    close: () => channel.close(),
  }
}

/** A panel as it came from another window; null where it is none that this page knows. */
export function panelOf(told: unknown): PanelRecord | null {
  return recordOf(told)
}
