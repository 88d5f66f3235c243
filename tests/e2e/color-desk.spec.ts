import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quotesBook } from '../../src/core/color/color-book.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { writeWorkbook } from '../../src/core/color/workbook/write-workbook.ts'
import { byteTools } from '../../src/workers/byte-tools.ts'
import { startSmtp } from '../color/outputs-kit.ts'
import { callHost } from './caller.ts'
import { alone, palette } from './journey.ts'
import { type Desk, openDesk, project, startWorkstation, type Workstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')
let workstation: Workstation
let desk: Desk
let caller: ReturnType<typeof callHost>
let smtp: Awaited<ReturnType<typeof startSmtp>>
let out: string

/** A morning's quotes as a dealer sends them: one column under a name that nobody knows, one price that cannot be. */
function workbook(): Uint8Array {
  const quotes = [...generateColors({ seed: 11, rows: 300, until: '2026-11-20', days: 1 })]
  const odd: Partial<ColorRow> = { sector: 'US CLO mezz', px: '1250', bid: '1250', ask: null, priceLevel: '1250', bias: 'BID' }
  const rows = quotes.map((row, k) => (k === 40 ? { ...row, ...odd } : row))
  const book = quotesBook(rows, rows.length)
  const sheets = book.sheets.map(sheet => ({
    ...sheet,
    columns: sheet.columns.map(column => (column.header === 'SOURCE' ? { ...column, header: 'Who says so' } : column)),
  }))
  return Buffer.concat([...writeWorkbook({ ...book, sheets }, byteTools)])
}

beforeAll(async () => {
  mkdirSync(screens, { recursive: true })
  out = mkdtempSync(join(tmpdir(), 'contango-desk-'))
  smtp = await startSmtp()
  workstation = await startWorkstation()
  caller = callHost(workstation.address)
  const { client } = caller
  await client.workspace.set({ key: 'language', value: 'en' })
  await client.workspace.save({ id: 'desk', name: 'desk', revision: 0, layout: alone('color-intake', null) })
  await client.workspace.choose({ id: 'desk' })
  desk = await openDesk(workstation.address)
}, 60_000)
afterAll(async () => {
  caller?.close()
  await desk?.close()
  await workstation?.stop()
  await smtp?.stop()
  rmSync(out, { recursive: true, force: true })
})

/** Where the next run goes: a folder and a mail. Their forms have a journey of their own. */
async function configureOutputs(): Promise<void> {
  const { outputs } = caller.client.color
  const both = { enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false }
  const files = { format: 'xlsx', fileName: 'colors-{{date}}-{{number}}', perSector: false, zone: 'UTC' } as const
  await outputs.save({ id: null, name: 'Desk share', revision: 0, target: { kind: 'folder', ...both, ...files, path: out } })
  const { mail } = await outputs.list()
  const server = { host: '127.0.0.1', port: smtp.port, checkCertificate: false, user: '' }
  await outputs.saveMail({
    revision: mail.revision,
    mail: { ...mail.mail, ...server, enabled: true, from: 'desk@firm.example', to: ['pm@firm.example'], attachOutput: true },
  })
}

async function drop(page: Page, panel: Locator, name: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(
    ([base64, called]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(base64!), letter => letter.charCodeAt(0))], called!))
      return transfer
    },
    [Buffer.from(bytes).toString('base64'), name],
  )
  for (const type of ['dragenter', 'dragover', 'drop'])
    await panel.locator(':scope > *').first().dispatchEvent(type, { dataTransfer: data })
}

async function keys(page: Page, ...pressed: readonly string[]): Promise<void> {
  for (const key of pressed) {
    if (key.startsWith('"')) await page.keyboard.type(key.slice(1))
    else await page.keyboard.press(key)
  }
}

test('a morning at the color desk: from a dropped workbook to a file and a mail, and a rule taken back', async () => {
  const { page, faults } = desk
  const { color } = caller.client
  const panel = (kind: string) => page.locator(`[data-panel="${kind}"]`)
  await configureOutputs()

  // In: the column that nobody knows is chosen, what cannot be is set apart and said.
  const intake = panel('color-intake')
  await intake.getByText(/^Drop a file of dealer quotes here/).waitFor({ timeout: 20_000 })
  await drop(page, intake, 'morning.xlsx', workbook())
  await intake.getByText('Nothing can be read until these columns are chosen: SOURCE.').waitFor({ timeout: 20_000 })
  await intake.getByRole('combobox', { name: 'What column Who says so means' }).selectOption('SOURCE')
  const put = intake.getByRole('button', { name: /^Put \d+ rows into the buffer$/ })
  await put.waitFor({ timeout: 15_000 })
  await page.screenshot({ path: join(screens, 'color-desk-preview.png') })
  await put.click()
  await intake.getByText('1,250').or(intake.getByText('1250')).first().waitFor({ timeout: 15_000 })
  expect((await color.intake.state()).quarantine).toBe(1)
  await page.screenshot({ path: join(screens, 'color-desk-quarantine.png') })

  // A rule by the keyboard alone, tried on the history that the demo brings.
  await palette(page, 'Color rules')
  const rules = panel('color-rules')
  await rules.getByRole('listbox').focus()
  await page.keyboard.press('n')
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
  await keys(page, '"No talk', 'Enter', 'Enter', '"bias', 'Enter', '"is', 'Enter', '"BWIC TALK', 'Enter')
  await keys(page, 'Control+Enter')
  const taken = rules.locator('dl > div', { hasText: 'Rows taken out' }).locator('dd')
  await taken.waitFor({ timeout: 40_000 })
  expect(await taken.textContent()).toMatch(/^\u2212\d\d,\d{3}$/)
  await page.screenshot({ path: join(screens, 'color-desk-dry-run.png') })
  await keys(page, 'Control+s')
  await expect
    .poll(async () => (await color.rules.list()).rules.map(({ name }) => name), { timeout: 10_000 })
    .toEqual(['No talk'])

  // By hand: a session over what waits, an edit and its undo, the rule, and out.
  await palette(page, 'Color session')
  const session = panel('color-session')
  await session.getByRole('button', { name: /^Open with \d+ rows$/ }).click()
  const grid = session.getByRole('grid')
  await grid.waitFor({ timeout: 15_000 })
  await grid.focus()
  await keys(page, 'Control+Home', 'Delete')
  await session.getByRole('button', { name: /^Undo: delete 1 row/ }).waitFor()
  await keys(page, 'Control+z')
  await session.getByRole('button', { name: /^Redo: delete 1 row/ }).waitFor()
  await session.getByRole('button', { name: 'Rules', exact: true }).click()
  await session.getByRole('button', { name: 'Apply 1 rule' }).click()
  await session.getByText(/^\d+ rows left out, \d+ groups made anew$/).waitFor()
  await session.getByRole('button', { name: 'Publish…' }).click()
  await session.getByRole('button', { name: /^Publish \d+ rows$/ }).click()
  await session.getByText(/^Published .* as run \d+ with \d+ rows\./).waitFor({ timeout: 20_000 })
  const [published] = (await color.sessions.list({ ended: true })).sessions
  expect(published).toMatchObject({ status: 'saved' })
  expect(published!.statistics.excluded).toBeGreaterThan(0)

  // Out: the workbook in the folder, and the same bytes in a mail that a server took.
  await expect.poll(() => readdirSync(out), { timeout: 20_000 }).toHaveLength(1)
  const file = readFileSync(join(out, readdirSync(out)[0]!))
  expect(file.subarray(0, 2).toString()).toBe('PK')
  await expect.poll(() => smtp.taken.length, { timeout: 20_000 }).toBe(1)
  const mail = smtp.taken[0]!
  expect(mail.to).toEqual(['pm@firm.example'])
  expect(mail.raw.replaceAll(/\r?\n/g, '')).toContain(file.toString('base64'))

  // The rule is taken back out of the log.
  await palette(page, 'Color log')
  const log = panel('color-log')
  const line = log.getByRole('button', { name: /created.*No talk|No talk.*created/ }).first()
  await line.press('Enter')
  await page.screenshot({ path: join(screens, 'color-desk-log.png') })
  await page.keyboard.press('r')
  await expect.poll(async () => (await color.rules.list()).rules, { timeout: 10_000 }).toEqual([])
  expect(faults).toEqual([])
}, 150_000)
