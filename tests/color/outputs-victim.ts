import { join } from 'node:path'
import { openConfigBook } from '../../src/main/color/config/config-book.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { openJournal } from '../../src/platform/journal.ts'
import { bid, createTrial, trialRuns, USUAL_FOLDER } from './outputs-kit.ts'

/** A host of its own that is killed while it delivers: node outputs-victim.ts FOLDER OUT RUNS. */
const [folder = '', out = '', count = '1'] = process.argv.slice(2)
const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock: manualClock() })
const config = openConfigBook(journal)
if (config.list('outputs').length === 0)
  config.save('outputs', [{ id: 'desk', name: 'Desk', revision: 0, value: { ...USUAL_FOLDER, path: out } }], 'ann')
journal.close()
// What was published stands before anything of it goes out, as in a host that starts.
const runs = trialRuns()
const rows = Array.from({ length: 400 }, (_, k) => bid(`r${k}`, '99.5', { messageId: `${k}` }))
for (let k = 0; k < Number(count); k++) runs.add(rows, { targets: ['desk'] })
const trial = createTrial({}, { folder, out, runs })
process.send?.('begun')
const look = setInterval(() => {
  const { deliveries } = trial.outputs.view()
  if (!deliveries.every(({ state }) => state === 'delivered')) return
  clearInterval(look)
  process.send?.('done')
}, 5)
