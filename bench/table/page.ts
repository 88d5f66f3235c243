/// <reference path="../../src/renderer/css.d.ts" />
import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '../../src/renderer/ui/tokens.css'
import '../../src/renderer/ui/base.css'
import { MantineProvider } from '@mantine/core'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { createElement, useEffect, useMemo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { Client } from '../../src/contract/index.ts'
import type { InstrumentWire } from '../../src/contract/market.ts'
import { liveQuotes } from '../../src/renderer/live.ts'
import { watchlistColumns } from '../../src/renderer/market/watchlist-columns.ts'
import { nowMicros } from '../../src/renderer/now.ts'
import { useFormat } from '../../src/renderer/ui/format.ts'
import { Grid, type GridLayout } from '../../src/renderer/ui/grid.tsx'
import { useText } from '../../src/renderer/ui/text.ts'
import { createMeter, type Meter } from './meter.ts'

declare global {
  interface Window {
    bench: Meter
  }
}

const socket = new WebSocket(`ws://${location.host}/rpc`)
const desk = createORPCClient<Client>(new RPCLink({ websocket: socket }))
const live = liveQuotes(desk, nowMicros)

const markOf = (id: string) => (live.state(id) === 'stale' ? 'stale' : null)

function Table({ instruments }: { instruments: readonly InstrumentWire[] }) {
  const { t } = useText()
  const format = useFormat()
  const [layout, setLayout] = useState<GridLayout>({ sort: { column: 'changePercent', direction: 'down' } })
  const rows = useMemo(() => instruments.map(({ id }) => id), [instruments])
  const columns = useMemo(() => {
    const known = new Map(instruments.map(instrument => [instrument.id, instrument]))
    return watchlistColumns({ live, instrument: id => known.get(id), t, format })
  }, [instruments, t, format])
  useEffect(() => {
    const wish = live.subscribe(rows)
    return () => wish.close()
  }, [rows])
  return createElement(Grid, {
    label: 'Live',
    rows,
    columns,
    layout,
    onLayout: patch => setLayout(before => ({ ...before, ...patch })),
    rowMark: markOf,
    onChanges: live.onFrame,
  })
}

window.bench = createMeter({ ready: () => live.columns.length > 0, drawn: () => live.latency().sent })
const { instruments } = await desk.market.search({ text: '', limit: 5000 })
const place = document.getElementById('root')
if (!place) throw new Error('page.html has no element #root')
createRoot(place).render(
  createElement(
    MantineProvider,
    { forceColorScheme: 'dark' },
    createElement('div', { style: { position: 'fixed', inset: 0 } }, createElement(Table, { instruments })),
  ),
)
