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

/** What the page measured since `begin` was called. */
export interface PageFigures {
  /** Seconds from a key's own time stamp to the frame drawn after it. */
  readonly keys: readonly number[]
  /** Seconds between two frames. */
  readonly frames: readonly number[]
  /** Seconds from the sender to the drawn pixel. */
  readonly drawn: readonly number[]
  readonly seconds: number
  /** Cells that were written on screen, so that an idle table cannot pass for a fast one. */
  readonly written: number
}

declare global {
  interface Window {
    bench: { ready(): boolean; begin(): void; end(): PageFigures }
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

function createMeter() {
  let keys: number[] = []
  let frames: number[] = []
  let written = 0
  let isOn = false
  let began = 0
  let drawnBefore = 0
  const channel = new MessageChannel()
  const painted: (() => void)[] = []
  channel.port1.onmessage = () => painted.shift()?.()
  addEventListener(
    'keydown',
    event => {
      if (!isOn) return
      requestAnimationFrame(() => {
        // A message sent from the frame's callback is handled once that frame was drawn.
        painted.push(() => keys.push((performance.now() - event.timeStamp) / 1000))
        channel.port2.postMessage(null)
      })
    },
    { capture: true },
  )
  let last = 0
  const onFrame = (now: number) => {
    if (isOn && last > 0) frames.push((now - last) / 1000)
    last = now
    requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
  new MutationObserver(list => {
    if (isOn) written += list.length
  }).observe(document.body, { subtree: true, characterData: true })
  return {
    ready: () => live.columns.length > 0 && document.querySelectorAll('[role=gridcell]').length > 100,
    begin() {
      keys = []
      frames = []
      written = 0
      began = performance.now()
      drawnBefore = live.latency().sent.length // the first snapshot is part of opening the page
      isOn = true
    },
    end(): PageFigures {
      isOn = false
      return { keys, frames, drawn: live.latency().sent.slice(drawnBefore), seconds: (performance.now() - began) / 1000, written }
    },
  }
}

window.bench = createMeter()
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
