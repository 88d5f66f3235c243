import { writeSync } from 'node:fs'
import { colorsCsv, openIntake } from './intake-kit.ts'

// A process that puts files into the buffer until it is killed from outside; it says the number of each that was acknowledged.
const [folder, from] = process.argv.slice(2) as [string, string]
const { submit } = openIntake(folder)
for (let k = Number(from); ; k++) {
  const rows = Array.from({ length: 400 }, (_, row) => ({
    TICKER: `T${row}`,
    MESSAGE_ID: `${k * 1000 + row + 1}`,
    BID: `${90 + row / 100}`,
    PX: row === 7 ? 'x' : '',
  }))
  await submit(`file-${k}.csv`, colorsCsv(rows))
  writeSync(1, `${k}\n`)
}
