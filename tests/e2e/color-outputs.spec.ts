import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runReason } from '../../src/contract/schedule.ts'
import { startSmtp } from '../color/outputs-kit.ts'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { type Desk, openDesk, startWorkstation, type Workstation } from './workstation.ts'

let workstation: Workstation
let desk: Desk
let caller: ReturnType<typeof callHost>
let smtp: Awaited<ReturnType<typeof startSmtp>>
let out: string

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'contango-out-'))
  smtp = await startSmtp()
  workstation = await startWorkstation()
  caller = callHost(workstation.address)
  await caller.client.workspace.save({ id: 'only', name: 'only', revision: 0, layout: alone('color-outputs', null) })
  await caller.client.workspace.choose({ id: 'only' })
  desk = await openDesk(workstation.address, { width: 1280, height: 800 })
})
afterAll(async () => {
  caller?.close()
  await desk?.close()
  await workstation?.stop()
  await smtp?.stop()
  rmSync(out, { recursive: true, force: true })
})

/** A manual session of one color, published. */
async function publish(): Promise<void> {
  const { sessions } = caller.client.color
  const { session } = await sessions.open({ name: 'Monday', uploads: [] })
  const cells = {
    ...{ MESSAGE_ID: '9007199254740993', TICKER: 'ACME 2020-1 A', SECTOR: 'CLO 2.0', CUSIP: '037833100' },
    ...{ DATE: '2026-11-20', BID: '99.5', SOURCE: 'DEALER A', BIAS: 'BID' },
  }
  const { revision } = session
  const added = await sessions.run({ session: session.id, revision, command: { kind: 'add', cells } })
  await sessions.publish({ session: session.id, revision: added.session.revision, replaceToday: false })
}

test('a folder and a mail are set up by keyboard, and get the next run', async () => {
  const { page, faults } = desk
  const panel = page.locator('[data-panel="color-outputs"]')
  await panel.getByRole('button', { name: 'Add a folder' }).press('Enter')
  await page.keyboard.type('Desk share')
  await page.keyboard.press('Tab')
  await page.keyboard.type(out)
  await panel.getByRole('button', { name: 'Test' }).press('Enter')
  await panel.getByText('A file was written there and taken away again').waitFor()
  await panel.getByRole('button', { name: 'Save' }).press('Enter')
  await panel.locator('tbody tr').filter({ hasText: 'Desk share' }).waitFor()

  await panel.getByRole('radio', { name: 'Targets' }).press('ArrowRight')
  await panel.getByLabel('Server').fill('127.0.0.1')
  await panel.getByLabel('Port').fill(String(smtp.port))
  await panel.getByLabel('Check its certificate').press('Space')
  await panel.getByLabel('From').fill('Desk <desk@firm.example>')
  await panel.getByLabel('To', { exact: true }).fill('pm@firm.example')
  await panel.getByLabel('Subject').fill('Run {{nothing}}')
  await panel.getByText('“nothing” in double braces means nothing here.').waitFor()
  await panel.getByLabel('Subject').fill('Colors: ')
  await panel.getByRole('button', { name: 'total_processed' }).press('Enter')
  await panel.getByText('Colors: 1800', { exact: true }).waitFor()
  await panel.getByLabel('Send a mail for each run').press('Space')
  await panel.getByRole('button', { name: 'Test' }).press('Enter')
  await panel.getByText('The server answered and took the login').waitFor()
  await panel.getByRole('button', { name: 'Save' }).press('Enter')
  await expect.poll(async () => (await caller.client.color.outputs.list()).mail.mail.enabled).toBe(true)

  await publish()
  await expect.poll(() => readdirSync(out), { timeout: 15_000 }).toEqual([expect.stringMatching(/^colors-.*-1\.xlsx$/)])
  expect(
    readFileSync(join(out, readdirSync(out)[0]!))
      .subarray(0, 2)
      .toString(),
  ).toBe('PK')
  await expect.poll(() => smtp.taken.length, { timeout: 15_000 }).toBe(1)
  expect(smtp.taken[0]).toMatchObject({ to: ['pm@firm.example'], isEncrypted: true })
  expect(smtp.taken[0]!.raw).toContain('Subject: Colors: 1')
  await panel.getByRole('radio', { name: 'Mail' }).press('ArrowRight')
  await expect.poll(() => panel.getByText('✓ delivered').count()).toBe(2)
  expect(faults).toEqual([])
})

test('the built program has the clients of S3 and PostgreSQL in it', async () => {
  const terms = { enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false }
  const files = { format: 'csv', fileName: 'colors', perSector: false, zone: 'UTC' } as const
  const s3 = {
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    bucket: 'colors',
    prefix: '',
    pathStyle: true,
    accessKeyId: 'A',
  }
  const place = {
    engine: 'postgres',
    host: '127.0.0.1',
    port: 1,
    database: 'd',
    user: 'u',
    schema: 'public',
    encryption: 'any',
  } as const
  const targets = [{ kind: 's3', ...terms, ...files, ...s3 } as const, { kind: 'database', ...terms, table: 't', place } as const]
  for (const target of targets) {
    const { why } = await caller.client.color.outputs.test({ id: null, target, secret: 'x' })
    expect(runReason(why!)).toMatch(/127\.0\.0\.1:1\S* cannot be reached \(/)
  }
})
