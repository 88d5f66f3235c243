import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runReason } from '../../src/contract/schedule.ts'
import { sendMail } from '../../src/main/color/outputs/deliver-mail.ts'
import { USUAL_MAIL } from '../../src/main/color/outputs/mail-usual.ts'
import { Secret } from '../../src/platform/secret.ts'
import { ANN, bid, createTrial, mailTo, startSmtp, type Trial, until } from './outputs-kit.ts'

let trial: Trial
const stops: (() => unknown)[] = []
beforeEach(() => {
  trial = createTrial()
})
afterEach(async () => {
  await trial.close()
  for (const stop of stops.splice(0)) await stop()
})

async function smtp(options = {}) {
  const server = await startSmtp(options)
  stops.push(server.stop)
  return server
}
const publish = (over = {}) => trial.runs.add([bid('a', '99.5'), bid('b', '99')], { targets: ['mail'], ...over })
const tried = (attempts = 1) =>
  until(
    () => trial.delivery('mail')?.attempts === attempts && trial.delivery('mail').state !== 'sending' && trial.delivery('mail'),
  )

/** A server that answers as a script says. */
async function scripted(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(done => server.close(done))
  })
  return (server.address() as { port: number }).port
}

describe('mail to a real server', () => {
  test('goes out encrypted and logged in, with the output attached and every placeholder filled', async () => {
    const { port, taken } = await smtp({ authOptional: false })
    trial.secret('color.smtp.password', 'right horse')
    trial.mail(
      mailTo(port, {
        ...{ user: 'desk', cc: ['risk@firm.example'], bcc: ['quiet@firm.example'], subject: 'Run {{run}} of {{date}}' },
        text: '{{total_processed}} kept, {{total_excluded}} out, {{rules_applied}} rules, {{duration}}, {{manual_files_processed}} file, {{time}}',
        html: '<b>{{run}}</b>',
      }),
    )
    publish()
    const { receipt, state } = await tried()
    expect(state).toBe('delivered')
    expect(taken).toHaveLength(1)
    const { raw, to, from, isEncrypted, user } = taken[0]!
    expect({ to, from, isEncrypted, user }).toEqual({
      ...{ to: ['pm@firm.example', 'risk@firm.example', 'quiet@firm.example'], from: 'desk@firm.example' },
      ...{ isEncrypted: true, user: 'desk' },
    })
    expect(raw).toContain('Subject: Run 1 of 2026-11-20')
    expect(raw).toContain('2 kept, 2 out, 0 rules, 1.3 s, 1 file, 09:05')
    expect(raw).toContain('<b>1</b>')
    expect(raw).not.toContain('quiet@firm.example')
    expect(raw).toMatch(/filename=colors-2026-11-20-1\.csv/)
    const attachment = /colors-2026-11-20-1\.csv[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(
      raw.slice(raw.indexOf('Content-Disposition')),
    )![1]!
    expect(Buffer.from(attachment, 'base64').toString()).toContain('MESSAGE_ID')
    expect(raw).toContain(`Message-ID: ${receipt!.places[0]!.place}`)
    expect(receipt).toMatchObject({ accepted: to, rejected: [] })
    expect(trial.outputs.view().attempts[0]).toMatchObject({ ok: true, recipients: to, subject: 'Run 1 of 2026-11-20' })
  })

  test('what a run holds is text in HTML, and a subject is one line', async () => {
    const { port, taken } = await smtp()
    trial.mail(mailTo(port, { subject: 'Run {{run}}\r\nBcc: thief@evil.example', html: '<p>{{run}}</p> a < b' }))
    publish()
    await tried()
    expect(taken[0]!.to).toEqual(['pm@firm.example'])
    expect(taken[0]!.raw).toContain('Subject: Run 1 Bcc: thief@evil.example')
  })

  test('the id of a message is always the same for a run, so that a repeat after a crash is recognised', async () => {
    const { port, taken } = await smtp()
    trial.mail(mailTo(port))
    const run = publish()
    await tried()
    const other = createTrial()
    stops.push(() => other.close())
    other.mail(mailTo(port))
    other.runs.add([bid('a', '99.5')], { id: run.id, targets: ['mail'] })
    await until(() => other.delivery('mail')?.state === 'delivered')
    const ids = taken.map(({ raw }) => /Message-ID: (\S+)/.exec(raw)![1])
    expect(ids[0]).toMatch(/^<color\.[0-9a-f]{32}@firm\.example>$/)
    expect(ids[1]).toBe(ids[0])
  })

  test('a wrong password is said and not repeated, so that no account is locked', async () => {
    const { port, taken } = await smtp({ authOptional: false })
    trial.secret('color.smtp.password', 'wrong horse')
    trial.mail(mailTo(port, { user: 'desk' }))
    publish()
    const { state, why, next } = await tried()
    expect({ state, next }).toEqual({ state: 'failed', next: null })
    expect(runReason(why!)).toBe(
      `127.0.0.1:${port} refused the login of desk. Check name and password, then try again; it is not repeated by itself.`,
    )
    trial.secret('color.smtp.password', 'right horse')
    trial.outputs.retry(trial.delivery('mail').id, 'ann')
    await tried(2)
    expect(taken).toHaveLength(1)
    expect(JSON.stringify(trial.journal.read({}))).not.toMatch(/horse/)
  })

  test('without its password nothing is tried', async () => {
    const { port } = await smtp()
    trial.mail(mailTo(port, { user: 'desk' }))
    publish()
    expect(runReason((await tried()).why!)).toMatch(/^No password or key is kept for 127\.0\.0\.1/)
  })

  test('a server that refuses some recipients has delivered, and the receipt names those it refused', async () => {
    const refuse = (address: { address: string }, _: unknown, done: (fault?: Error) => void) =>
      done(address.address.startsWith('gone') ? Object.assign(new Error('no such box'), { responseCode: 550 }) : undefined)
    const { port, taken } = await smtp({ onRcptTo: refuse })
    trial.mail(mailTo(port, { to: ['gone@firm.example', 'pm@firm.example'] }))
    publish()
    const { state, receipt } = await tried()
    expect({ state, to: taken[0]!.to }).toEqual({ state: 'delivered', to: ['pm@firm.example'] })
    expect(receipt).toMatchObject({ accepted: ['pm@firm.example'], rejected: ['gone@firm.example'] })
  })

  test('a server that refuses every recipient is asked no more', async () => {
    const refuse = (_: unknown, __: unknown, done: (fault?: Error) => void) =>
      done(Object.assign(new Error('no such box'), { responseCode: 550 }))
    const { port } = await smtp({ onRcptTo: refuse })
    trial.mail(mailTo(port))
    publish()
    const { state, why } = await tried()
    expect(state).toBe('failed')
    expect(runReason(why!)).toMatch(/^The mail server refused every recipient \(pm@firm\.example\): 550 no such box/)
  })

  test('a server that is busy gets it later, and once', async () => {
    let isBusy = true
    const onMailFrom = (_: unknown, __: unknown, done: (fault?: Error) => void) =>
      done(isBusy ? Object.assign(new Error('try again in a while'), { responseCode: 451 }) : undefined)
    const { port, taken } = await smtp({ onMailFrom })
    trial.mail(mailTo(port))
    publish()
    const { state, why } = await tried()
    expect(state).toBe('waiting')
    expect(runReason(why!)).toBe('The mail server does not take the message now: 451 try again in a while. It is tried again.')
    isBusy = false
    await trial.outputs.settled()
    trial.clock.advance(61)
    await tried(2)
    expect(trial.delivery('mail').state).toBe('delivered')
    expect(taken).toHaveLength(1)
  })

  test('a message that is refused for good is not repeated', async () => {
    const onMailFrom = (_: unknown, __: unknown, done: (fault?: Error) => void) =>
      done(Object.assign(new Error('this looks like spam'), { responseCode: 554 }))
    const { port } = await smtp({ onMailFrom })
    trial.mail(mailTo(port))
    publish()
    const { state, why } = await tried()
    expect(state).toBe('failed')
    expect(runReason(why!)).toMatch(/^The mail server refused the message for good: 554 this looks like spam/)
  })

  test('a server without encryption gets nothing', async () => {
    const { port, taken } = await smtp({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    trial.mail(mailTo(port))
    publish()
    const { state, why } = await tried()
    expect(state).toBe('failed')
    expect(runReason(why!)).toMatch(/offers no encryption that can be trusted/)
    expect(taken).toEqual([])
  })

  test('a certificate that nobody vouches for is refused unless a person says otherwise', async () => {
    const { port, taken } = await smtp()
    trial.mail(mailTo(port, { checkCertificate: true }))
    publish()
    expect(runReason((await tried()).why!)).toMatch(/offers no encryption that can be trusted/)
    expect(taken).toEqual([])
  })

  test('encrypted from the first byte works too', async () => {
    const { port, taken } = await smtp({ secure: true })
    trial.mail(mailTo(port, { encryption: 'tls' }))
    publish()
    await tried()
    expect(taken[0]!.isEncrypted).toBe(true)
  })
})

describe('a server that misbehaves', () => {
  const mail = (port: number) => ({ ...USUAL_MAIL, ...mailTo(port, { encryption: 'none' }) })
  const send = (port: number, seconds = 0.3) => {
    const message = { from: 'a@b.example', to: 'c@d.example', subject: 's', text: 't' }
    return sendMail(mail(port), null, message, { seconds, signal: new AbortController().signal })
  }

  test('that says nothing is given up after the time for it', async () => {
    await expect(send(await scripted(() => undefined))).rejects.toThrow(/did not answer within 0\.3 s/)
  })

  test('that hangs in the middle is given up too', async () => {
    const port = await scripted(socket => {
      socket.write('220 hello\r\n')
      socket.on('data', piece => {
        if (/^EHLO/.test(String(piece))) socket.write('250 hello\r\n')
      })
    })
    await expect(send(port)).rejects.toThrow(/did not answer within 0\.3 s/)
  })

  test('that closes the line in the middle of the message has not taken it', async () => {
    const port = await scripted(socket => {
      socket.write('220 hello\r\n')
      socket.on('data', piece => {
        if (/^DATA/.test(String(piece))) return void socket.write('354 go on\r\n')
        if (/^(EHLO|MAIL|RCPT)/.test(String(piece))) return void socket.write('250 ok\r\n')
        socket.destroy()
      })
    })
    await expect(send(port, 5)).rejects.toThrow(/closed the line before it took the message/)
  })

  test('that is not there at all', async () => {
    await expect(send(1)).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/)
  })

  test('that speaks another language', async () => {
    const port = await scripted(socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(send(port, 2)).rejects.toThrow(/\S/)
  })

  test('a hanging server holds up no folder, and the host closes at once', async () => {
    const port = await scripted(() => undefined)
    trial.mail(mailTo(port))
    publish()
    await until(() => trial.delivery('mail').state === 'sending')
    const started = performance.now()
    await trial.outputs.close()
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('a password never goes over a line in plain to another machine', async () => {
    const plain = { ...mail(25), host: 'mail.firm.example', user: 'desk' }
    const message = { from: 'a@b.example', to: 'c@d.example', text: 't' }
    const terms = { seconds: 1, signal: new AbortController().signal }
    await expect(sendMail(plain, new Secret('x'), message, terms)).rejects.toThrow(/in plain/)
    expect(() => trial.mail({ ...plain })).toThrow(/in plain/)
  })
})

describe('the form of the mail', () => {
  test('the test connects and logs in, and sends nothing', async () => {
    const { port, taken } = await smtp({ authOptional: false })
    const form = { ...USUAL_MAIL, ...mailTo(port, { user: 'desk' }) }
    const test = (secret: string | null) =>
      trial.outputs.testMail({ mail: form, secret: secret === null ? null : new Secret(secret) })
    expect((await test('right horse')).why).toBeNull()
    expect(runReason((await test('wrong')).why!)).toMatch(/refused the login of desk/)
    expect(runReason((await test(null)).why!)).toMatch(/^No password or key is kept/)
    expect(taken).toEqual([])
  })

  test.each([
    ['an unknown placeholder', { subject: '{{total}}' }, /\{\{total\}\}, which means nothing/],
    ['an address that is none', { to: ['pm at firm'] }, /is no mail address/],
    ['nobody to get it', { enabled: true, host: 'h', from: 'a@b.example', to: [] }, /to is empty/],
  ])('is refused with %s', (_, over, words) => {
    expect(() => trial.mail(over)).toThrow(words)
  })

  test('says what it would say of the last run that stands, and an example while there is none', () => {
    expect(trial.outputs.facts(null, 'UTC')).toMatchObject({ run: null, facts: { total_processed: '1800' } })
    publish()
    const last = publish({ excluded: 7 })
    expect(trial.outputs.facts(null, 'Asia/Karachi')).toMatchObject({
      run: { id: last.id, number: 2 },
      facts: { run: '2', total_excluded: '7', time: '19:05' },
    })
    trial.runs.change(last.id, { deleted: { at: trial.clock.now(), user: 'ann', replacedBy: null } })
    expect(trial.outputs.facts(null, 'UTC').run!.number).toBe(1)
  })

  test('a run can be sent to others once more, each a message of its own', async () => {
    const { port, taken } = await smtp()
    trial.mail(mailTo(port, { enabled: false }))
    const run = publish({ targets: [] })
    await trial.outputs.send({ run: run.id, target: 'mail', to: ['boss@firm.example'], cc: [], bcc: [] }, ANN)
    await until(() => taken.length === 1)
    await trial.outputs.send({ run: run.id, target: 'mail', to: ['boss@firm.example'], cc: [], bcc: [] }, ANN)
    await until(() => taken.length === 2)
    expect(taken.map(({ to }) => to)).toEqual([['boss@firm.example'], ['boss@firm.example']])
    const ids = taken.map(({ raw }) => /Message-ID: (\S+)/.exec(raw)![1])
    expect(ids[0]).not.toBe(ids[1])
  })

  test('who may not see every asset class of a run sends it to nobody but those of the form', async () => {
    const { port, taken } = await smtp()
    trial.mail(mailTo(port, { enabled: false }))
    const rows = [bid('a', '99', { assetClass: 'CLO' }), bid('b', '98', { assetClass: 'ABS' })]
    const run = trial.runs.add(rows, {})
    const own = { run: run.id, target: 'mail', to: ['me@home.example'], cc: [], bcc: [] }
    const bob = (assetClasses: readonly string[]) => ({ name: 'bob', assetClasses })
    await expect(trial.outputs.send(own, bob(['CLO']))).rejects.toThrow(/asset classes that your account may not see/)
    expect(trial.outputs.view().deliveries).toEqual([])
    await trial.outputs.send({ ...own, to: [] }, bob(['CLO']))
    await trial.outputs.send(own, bob(['abs', 'CLO ']))
    await until(() => taken.length === 2)
    expect(taken.map(({ to }) => to).sort()).toEqual([['me@home.example'], ['pm@firm.example']])
  })
})
