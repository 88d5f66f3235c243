// biome-ignore-all lint/correctness/noChildrenProp: written without JSX, and the providers need their children by type
/// <reference path="../../src/renderer/css.d.ts" />
import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '../../src/renderer/ui/tokens.css'
import '../../src/renderer/ui/base.css'
import { MantineProvider } from '@mantine/core'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { Client } from '../../src/contract/index.ts'
import { type App, AppProvider } from '../../src/renderer/app-context.tsx'
import { createDesk, DeskProvider } from '../../src/renderer/desk.tsx'
import type { ConnectionState } from '../../src/renderer/link.ts'
import { type ChainParams, Panel } from '../../src/renderer/options/chain-panel.tsx'
import { createBench } from '../../src/renderer/workspace/bench.ts'
import { createMeter } from '../table/meter.ts'

const socket = new WebSocket(`ws://${location.host}/rpc`)
const client = createORPCClient<Client>(new RPCLink({ websocket: socket }))
const open: ConnectionState = { phase: 'open', generation: 1, failures: 0, retryAt: null }
const nothing = () => {}
const desk = createDesk({ client, state: () => open, onState: () => nothing, retryNow: nothing, close: nothing })
// The panel asks the shell for nothing but its bench, and that only to open another panel.
const app = { desk, bench: createBench() } as unknown as App

async function allExpiries(): Promise<readonly string[]> {
  const stop = new AbortController()
  for await (const frame of await client.options.chain({ underlying: 'SPY.BENCH', expiries: [] }, { signal: stop.signal })) {
    stop.abort()
    return frame.expiries.map(({ date }) => date)
  }
  return []
}

function Stacked({ first }: { first: ChainParams }) {
  const [params, setParams] = useState(first)
  return createElement(Panel, {
    id: 'bench',
    params,
    setParams: (patch: Partial<ChainParams>) => setParams(before => ({ ...before, ...patch })),
    subject: 'SPY.BENCH',
    setSubject: nothing,
    setTitle: nothing,
    actions: null,
  })
}

window.bench = createMeter({ ready: () => document.querySelector('[role=grid]') !== null, drawn: () => [] })
const dates = await allExpiries()
const place = document.getElementById('root')
if (!place) throw new Error('page.html has no element #root')
const stacked = createElement(Stacked, { first: { layout: 'stacked', range: null, open: dates } })
createRoot(place).render(
  createElement(
    MantineProvider,
    { forceColorScheme: 'dark' },
    createElement(DeskProvider, {
      desk,
      children: createElement(AppProvider, {
        app,
        children: createElement('div', { style: { position: 'fixed', inset: 0 } }, stacked),
      }),
    }),
  ),
)
