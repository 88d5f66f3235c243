import { EventEmitter } from 'node:events'
import { connect } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { WebSocketServer } from 'ws'
import { benchInstrument, createReader } from './frames.ts'

// The peer: what one writes first. Each quote is kept in a map, announced as an event, kept in a list for the disk that is
// written out as JSON lines every quarter of a second, and sent to every reader as a message of its own.
const [, port = '0', symbols = '500'] = process.argv.slice(2)
const { appendFile } = await import('node:fs/promises')
const file = `${process.argv[2]}/quotes.jsonl`
const ids = Array.from({ length: Number(symbols) }, (_, k) => benchInstrument(k).id)
const newest = new Map<string, object>()
const events = new EventEmitter()
let waiting: string[] = []
let received = 0
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
events.on('quote', quote => {
  waiting.push(JSON.stringify(quote))
})
events.on('quote', quote => {
  const text = JSON.stringify(quote)
  for (const client of server.clients) client.send(text)
})
setInterval(() => {
  const lines = waiting
  waiting = []
  if (lines.length > 0) void appendFile(file, `${lines.join('\n')}\n`)
}, 250)

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const feed = connect(Number(port), '127.0.0.1')
feed.on(
  'data',
  createReader(ids, batch => {
    for (const raw of batch) {
      const quote = { ...raw, receiptTime: Date.now() * 1000, source: 'bench' }
      newest.set(quote.instrument, quote)
      received++
      events.emit('quote', quote)
    }
  }),
)
server.on('listening', () => process.send?.({ kind: 'open', port: (server.address() as { port: number }).port, token: '' }))
// Whoever measures is gone: nobody would ever close this.
process.on('disconnect', () => process.exit())
process.on('message', (message: { kind: string }) => {
  if (message.kind === 'reset') delay.reset()
  if (message.kind === 'measure') {
    const [p99, max] = [delay.percentile(99) / 1e6, delay.max / 1e6]
    global.gc?.()
    process.send?.({
      kind: 'measured',
      delayP99: Math.max(0, p99 - 1),
      delayMax: max,
      bytes: process.memoryUsage().heapUsed,
      received,
      gaps: 0,
      refused: 0,
      cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    })
  }
  if (message.kind === 'close') process.exit(0)
})
