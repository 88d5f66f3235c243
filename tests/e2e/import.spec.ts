import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { inkOf, palette } from './journey.ts'
import { openDesk, project, recorded, startWorkstation, type Workstation } from './workstation.ts'

const wti = join(recorded, 'prices', 'wti-daily.csv')
const WTI_ROWS = 10_226
const COUNT = "select count(*) as n from series where name = 'wti'"

let folder: string
let work: string
let workstation: Workstation

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contango-import-'))
  work = await mkdtemp(join(tmpdir(), 'contango-files-'))
  workstation = await startWorkstation({ folder })
})
afterAll(async () => {
  await workstation?.stop()
  for (const made of [folder, work]) if (made) await rm(made, { recursive: true, force: true, maxRetries: 5 })
})

/** The command line as a person runs it. */
async function contango(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/contango.mjs', ...words], {
    cwd: project,
    timeout: 60_000,
  })
  return stdout
}

const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

async function openImport(page: Page): Promise<void> {
  await palette(page, 'Import')
  await page.locator('[data-panel="import"]').waitFor()
}

/** Picks a file as a person does, through the browser's own chooser. */
async function pick(page: Page, file: string): Promise<void> {
  const panel = page.locator('[data-panel="import"]')
  const chooser = page.waitForEvent('filechooser')
  await panel.getByRole('button', { name: 'Pick a file' }).click()
  await (await chooser).setFiles(file)
}

/** Drops a file on the panel, as from the desktop. */
async function drop(page: Page, file: string, name: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const data = await page.evaluateHandle(
    ([content, called]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content!], called!, { type: 'text/csv' }))
      return transfer
    },
    [text, name],
  )
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.locator('[data-panel="import"] > *').first().dispatchEvent(type, { dataTransfer: data })
}

const counts = async (report: ReturnType<Page['locator']>) =>
  Object.fromEntries(
    await report
      .locator('dl > div')
      .evaluateAll(all => all.map(one => [one.querySelector('dt')!.textContent, one.querySelector('dd')!.textContent])),
  ) as Record<string, string>

describe.skipIf(!existsSync(wti))('WTI since 1986 (skipped where the recorded inputs are not: CONTANGO_RECORDED)', () => {
  test('is looked at, tried, imported, charted by the week and counted on the page', async () => {
    const { page, faults, close } = await openDesk(workstation.address)
    const panel = page.locator('[data-panel="import"]')
    try {
      await openImport(page)
      await pick(page, wti)
      const preview = panel.getByRole('table', { name: /First rows of wti-daily\.csv/ })
      await preview.waitFor({ timeout: 15_000 })
      expect(await preview.innerText()).toContain('1986')
      const name = panel.getByRole('textbox', { name: 'Name of the series' })
      await name.fill('wti')

      await panel.getByRole('button', { name: 'Try without storing' }).click()
      const trial = panel.getByRole('region', { name: 'Report' })
      await trial.waitFor({ timeout: 15_000 })
      expect(await counts(trial)).toMatchObject({ Accepted: '10,226', Refused: '0' })
      expect(JSON.parse(await contango('query', COUNT, '--json', '--data', folder))).toEqual([{ n: 0 }])

      await panel.getByRole('button', { name: 'Import', exact: true }).click()
      await panel.getByText('wti is stored').waitFor({ timeout: 15_000 })
      expect(await counts(panel.getByRole('region', { name: 'Report' }))).toMatchObject({
        Accepted: '10,226',
        Refused: '0',
      })

      await panel.getByRole('button', { name: 'Chart it' }).click()
      const chart = page.locator('[data-panel="chart"]').filter({ has: page.getByRole('figure', { name: /^Chart of wti/ }) })
      await chart.waitFor()
      await chart.getByRole('button', { name: '1w', exact: true }).click()
      await expect
        .poll(() => chart.getByRole('figure').getAttribute('aria-label'), { timeout: 10_000 })
        .toMatch(/^Chart of WTI(\.SERIES)? in 1w/i)
      expect(
        (await inkOf(page, `[data-panel-id="${await chart.getAttribute('data-panel-id')}"]`)).colours,
      ).toBeGreaterThanOrEqual(3)
      // To the oldest weeks by keyboard; the legend reads out the bar under the pointer.
      await chart.getByRole('application').focus()
      await page.keyboard.press('g')
      await page.getByRole('dialog').locator('input').fill('1986-01-08')
      await page.keyboard.press('Enter')
      const box = (await chart.getByRole('figure').boundingBox())!
      let left = box.width / 2
      await expect
        .poll(
          async () => {
            left -= 5
            await page.mouse.move(box.x + left, box.y + box.height / 2)
            return (await chart.innerText()).replace(/\s+/g, ' ')
          },
          { timeout: 10_000, interval: 20 },
        )
        .toMatch(/1w .*\b0?1\/\d+\/1986/)

      await palette(page, 'SQL')
      const sql = page.locator('[data-panel="sql"]')
      await sql.locator('.cm-content').click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type(COUNT)
      await page.keyboard.press('Control+Enter')
      await expect
        .poll(async () => (await sql.getByRole('gridcell').allInnerTexts()).join(), { timeout: 10_000 })
        .toMatch(/^10,?226$/)
      expect(faults).toEqual([])
    } finally {
      await close()
    }
  })

  test('has the same rows for the command line, with the workstation open and closed, and when the command line imports it', async () => {
    const count = async (data: string) => JSON.parse(await contango('query', COUNT, '--json', '--data', data))
    expect(await count(folder)).toEqual([{ n: WTI_ROWS }])
    const byPage = join(work, 'page.csv')
    await contango('export', 'wti', '--out', byPage, '--data', folder)
    await workstation.stop()
    try {
      expect(await count(folder)).toEqual([{ n: WTI_ROWS }])
    } finally {
      workstation = await startWorkstation({ folder })
    }
    const other = await mkdtemp(join(tmpdir(), 'contango-cli-'))
    try {
      await contango('import', wti, '--series', 'wti', '--data', other)
      expect(await count(other)).toEqual([{ n: WTI_ROWS }])
      const byCommand = join(work, 'command.csv')
      await contango('export', 'wti', '--out', byCommand, '--data', other)
      expect((await readFile(byPage, 'utf8')).trimEnd().split('\n')).toHaveLength(WTI_ROWS + 1)
      expect(await hashOf(byPage)).toBe(await hashOf(byCommand))
    } finally {
      await rm(other, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})

describe('a file with faults', () => {
  const LINES = [
    'Date,Open,High,Low,Close,Volume',
    '2024-01-02,10,11,9,10.5,100',
    '2024-01-03,10.5,12,10,11,110',
    '03/01/2024,11,12,10,11,120', // another date format
    '2024-01-05,NaN,12,10,11,130',
    '2024-01-08,11,9,12,11,140', // high < low
    '2024-01-09,11,12,10,11.5,150',
    '2024-01-09,11,12,10,11.5,150', // the same day again
    '2024-01-04,11,12,10,11.2,160', // out of order
    '2024-01-10,11,12', // ragged
    '2024-01-11,11.5,12.5,11,12,170',
  ]

  test('is refused row by row with the line and the reason, and the rest is stored', async () => {
    const file = join(work, 'bad.csv')
    await writeFile(file, `\uFEFF${LINES.join('\r\n')}\r\n`)
    const { page, faults, close } = await openDesk(workstation.address)
    const panel = page.locator('[data-panel="import"]')
    try {
      await openImport(page)
      await drop(page, file, 'bad.csv')
      await panel.getByRole('table', { name: /First rows of bad\.csv/ }).waitFor({ timeout: 15_000 })
      // Dates of two forms hide the interval, so that it cannot be guessed and a person says it.
      await panel.getByRole('combobox', { name: 'Timeframe' }).selectOption('1d')
      await panel.getByRole('button', { name: 'Import', exact: true }).click()
      await panel.getByText('bad is stored').waitFor({ timeout: 15_000 })
      const report = panel.getByRole('region', { name: 'Report' })
      const said = await counts(report)
      const rows = await report
        .locator('[role="rowgroup"] [role="row"]:has([role="gridcell"])')
        .evaluateAll(all =>
          all.map(row => [...row.querySelectorAll('[role="gridcell"]')].map(cell => (cell as HTMLElement).innerText)),
        )
      const refused = new Map(
        rows.filter(([, rule]) => rule!.startsWith('✕')).map(([line, , , reason]) => [Number(line), reason!]),
      )
      // Line 1 is the head; every row that cannot be a bar is named by its line in the file, with a reason in words.
      for (const line of [4, 5, 6, 10]) expect(refused.get(line), `line ${line} of ${JSON.stringify(rows)}`).toMatch(/\w{3}/)
      expect(rows.map(([line]) => Number(line))).toContain(8)
      expect(rows.map(([line]) => Number(line))).toContain(9)
      expect(Number(said['Rows read'])).toBe(LINES.length - 1)
      expect(Number(said.Accepted) + Number(said.Refused)).toBe(LINES.length - 1)
      const { client, close: hangUp } = callHost(workstation.address)
      const stored = await client.lab.run({ query: 'count', sql: "select count(*) as n from series where name = 'bad'" })
      hangUp()
      expect(stored.rows).toEqual([[Number(said.Accepted)]])
      expect(faults).toEqual([])
    } finally {
      await close()
    }
  })

  test('a long import can be cancelled, and nothing of it stays', async () => {
    const file = join(work, 'long.csv')
    await writeLong(file, 80 * 2 ** 20)
    const { page, faults, close } = await openDesk(workstation.address)
    const panel = page.locator('[data-panel="import"]')
    try {
      await openImport(page)
      await pick(page, file)
      await panel.getByRole('table', { name: /First rows of long\.csv/ }).waitFor({ timeout: 45_000 })
      await panel.getByRole('button', { name: 'Import', exact: true }).click()
      const progress = panel.getByRole('progressbar', { name: /Importing long\.csv/ })
      await progress.waitFor({ timeout: 10_000 })
      await expect.poll(() => progress.getAttribute('value').catch(() => null), { timeout: 20_000 }).not.toBeNull()
      const from = performance.now()
      await panel.getByRole('button', { name: 'Cancel', exact: true }).click()
      // Back at the choices, with the file still there to be imported otherwise.
      await panel.getByRole('button', { name: 'Import', exact: true }).waitFor({ timeout: 5000 })
      expect(performance.now() - from).toBeLessThan(5000)
      const { client, close: hangUp } = callHost(workstation.address)
      const { series } = await client.market.series()
      const stored = await client.lab.run({ query: 'count', sql: "select count(*) as n from series where name = 'long'" })
      hangUp()
      expect(series.map(({ name }) => name)).not.toContain('long')
      expect(stored.rows).toEqual([[0]])
      expect(faults).toEqual([])
    } finally {
      await close()
    }
  }, 110_000)
})

/** One-minute bars that walk up and down, until the file has so many bytes. */
async function writeLong(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'w')
  try {
    let written = 0
    let minute = Date.UTC(1990, 0, 1)
    let text = 'time,open,high,low,close,volume\n'
    for (let n = 0; written < bytes; n++) {
      const price = 100 + 40 * Math.sin(n / 977)
      const [low, high] = [(price - 0.5).toFixed(2), (price + 0.5).toFixed(2)]
      text += `${new Date(minute).toISOString()},${price.toFixed(2)},${high},${low},${price.toFixed(2)},${n % 500}\n`
      minute += 60_000
      if (text.length < 2 ** 20) continue
      written += (await handle.write(text)).bytesWritten
      text = ''
    }
    await handle.write(text)
  } finally {
    await handle.close()
  }
}
