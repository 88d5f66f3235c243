import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { Client } from '../../src/contract/index.ts'

/** The host's procedures for a test, over the same socket as the page. */
export function callHost(address: string): { client: Client; close(): void } {
  const { host, hash } = new URL(address)
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const socket = new WebSocket(`ws://${host}/ws`, ['contango', `token.${token}`])
  return { client: createORPCClient(new RPCLink({ websocket: socket })), close: () => socket.close() }
}
