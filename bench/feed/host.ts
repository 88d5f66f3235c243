import { monitorEventLoopDelay } from 'node:perf_hooks'
import { installationOf } from '../../src/main/entries.ts'
import { createHost } from '../../src/main/host.ts'
import { benchSource } from './source.ts'

// A whole host with the benchmark's source, in a process of its own: argv is folder, feed port, number of symbols. It tells its
// parent how to come in, then what was measured whenever it is asked.
const [folder = '', port = '0', symbols = '500'] = process.argv.slice(2)

const host = await createHost({
  folder,
  installation: installationOf(new URL('../../src/main/headless.ts', import.meta.url).href),
  argv: [],
  env: {},
  demo: false,
  sources: [benchSource(Number(port), Number(symbols))],
})
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
process.send?.({ kind: 'open', port: await host.listen(0), token: host.token })

// Whoever measures is gone: nobody would ever close this.
process.on('disconnect', () => process.exit())
process.on('message', async (message: { kind: string }) => {
  if (message.kind === 'reset') delay.reset()
  if (message.kind === 'measure') {
    const [p99, max] = [delay.percentile(99) / 1e6, delay.max / 1e6]
    // Twice, since one collection leaves what finalizers hold.
    global.gc?.()
    global.gc?.()
    const [source] = host.services.sources.list()
    process.send?.({
      kind: 'measured',
      // The monitor sleeps a millisecond between two looks: that one is its own.
      delayP99: Math.max(0, p99 - 1),
      delayMax: max,
      bytes: process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers,
      received: source?.counts.received ?? 0,
      gaps: source?.counts.gaps ?? 0,
      refused: source?.counts.refused ?? 0,
      cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    })
  }
  if (message.kind === 'close') {
    await host.close()
    process.send?.({ kind: 'closed' })
    process.disconnect()
  }
})
