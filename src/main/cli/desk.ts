import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { Client } from '../../contract/index.ts'
import { systemClock } from '../../platform/clock.ts'
import { environment } from '../../platform/config.ts'
import { type WayIn, WorkspaceOpen } from '../../platform/lock.ts'
import type { Installation } from '../entries.ts'
import { createHost } from '../host.ts'

/** A way to ask a host, and how to leave it. */
export interface Desk {
  readonly client: Client
  /** The workstation is open, and this asks it. */
  readonly isShared: boolean
  leave(): Promise<void>
}

export interface DeskOptions {
  readonly folder: string
  readonly installation: Installation
  /** Flags for a host that is made here. */
  readonly argv?: readonly string[]
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
}

/** Another command may hold the workspace as long as this, since its import takes what it takes. */
const PATIENCE_SECONDS = 600

/**
 * The host of a workspace: the one that has it open, else one made here for as long as it is needed, without any live source.
 *
 * Who has the workspace is asked of its lock, so two commands at once, or one while the workstation starts, never both open it.
 * A command is waited for; a workstation is talked to.
 */
export async function openDesk(options: DeskOptions): Promise<Desk> {
  const clock = systemClock()
  const until = clock.monotonic() + PATIENCE_SECONDS
  for (let tries = 0; ; tries++) {
    try {
      return await overPort(options)
    } catch (fault) {
      if (!(fault instanceof WorkspaceOpen)) throw fault
      if (fault.way) return await overSocket(fault.way)
      if (clock.monotonic() > until) throw fault
      if (tries === 0) options.tell('Another command is at work in this workspace; this one waits for it.')
      await clock.sleep(0.2, options.signal)
    }
  }
}

async function overPort({ folder, installation, argv = [] }: DeskOptions): Promise<Desk> {
  const host = await createHost({ folder, installation, argv, env: environment(), demo: false, sources: [], runsJobs: false })
  const { port1, port2 } = new MessageChannel()
  host.servePort(port2 as never)
  port1.start()
  return {
    client: createORPCClient(new PortLink({ port: port1 as never })),
    isShared: false,
    async leave() {
      port1.close()
      await host.close()
    },
  }
}

async function overSocket({ port, token }: WayIn): Promise<Desk> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['contango', `token.${token}`])
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () =>
      reject(new Error(`The open workstation does not answer on port ${port}. Close it, or try again.`)),
    )
  })
  return {
    client: createORPCClient(new SocketLink({ websocket: socket })),
    isShared: true,
    async leave() {
      socket.close()
    },
  }
}
