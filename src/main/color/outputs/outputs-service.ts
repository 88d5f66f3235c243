import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { MailConfig, OutputsView, OutputTarget, OutputTargetView } from '../../../contract/color-outputs.ts'
import { EXAMPLE_RUN, type MailFacts, mailFacts } from '../../../core/color/mail-facts.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import type { Journal } from '../../../platform/journal.ts'
import type { Log } from '../../../platform/log.ts'
import type { Secret } from '../../../platform/secret.ts'
import { fail, failure } from '../../fail.ts'
import type { SecretsService } from '../../secrets/secrets-service.ts'
import type { HostBus } from '../../topics.ts'
import type { User } from '../../user.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { entitledTo } from '../entitled.ts'
import type { ColorRun, Publication } from '../runs/color-runs.ts'
import { deliverMail, deliverRun, probeMailServer, probeTarget, recipientsOf } from './deliver.ts'
import { expectMail, expectTarget } from './expect-outputs.ts'
import { factsOf, type Recipients, subjectOf } from './mail-message.ts'
import { USUAL_MAIL } from './mail-usual.ts'
import { type Delivery, openOutbox } from './outbox.ts'
import { createOutboxRunner, type Deliver } from './outbox-runner.ts'
import { whyOf, whyText } from './output-faults.ts'
import { dayAndTime, type OutputRuns, type WriteOutput } from './output-files.ts'
import { MAIL, SMTP_PASSWORD, secretOf } from './output-secrets.ts'
import { createNotice } from './outputs-notice.ts'
import { viewOf } from './outputs-view.ts'

export interface OutputsOptions {
  /** The workspace folder. */
  readonly folder: string
  readonly config: ConfigBook
  readonly runs: OutputRuns
  readonly write: WriteOutput
  readonly store: Pick<DataStore, 'openSegment' | 'queryFiles'>
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly secrets: Pick<SecretsService, 'get' | 'has' | 'set'>
  readonly bus: Pick<HostBus, 'emit'>
  readonly clock: Clock
  readonly log: Log
  /** Value of a setting: the language of notices. */
  readonly setting: (key: string) => unknown
}

export interface OutputsService {
  /** Ids of the targets that a run goes to as they are now; they are kept in the run, in the entry that publishes it. */
  targets(run: Pick<Publication, 'kind'>): readonly string[]
  view(): OutputsView
  watch(signal?: AbortSignal): AsyncGenerator<OutputsView, void, undefined>
  /** Fails: CONFIG_INVALID, and as the book of the configuration. */
  save(draft: { id: string | null; name: string; revision: number; target: OutputTarget }, user: string): OutputTargetView
  remove(id: string, user: string): void
  saveMail(draft: { revision: number; mail: MailConfig }, user: string): { revision: number }
  /** Fails: OUTPUT_TARGET_UNKNOWN. */
  setSecret(id: string, value: Secret, user: string): Promise<void>
  test(draft: {
    id: string | null
    target: OutputTarget
    secret: Secret | null
  }): Promise<{ why: string | null; seconds: number }>
  testMail(draft: { mail: MailConfig; secret: Secret | null }): Promise<{ why: string | null; seconds: number }>
  facts(run: string | null, zone: string): { run: { id: string; number: number; isDemo: boolean } | null; facts: MailFacts }
  /** Fails: RUN_UNKNOWN, OUTPUT_TARGET_UNKNOWN, DELIVERY_DEMO, DELIVERY_NOT_ENTITLED, MAIL_NOT_SET. */
  send(
    asked: { run: string; target: string } & Recipients,
    actor: Pick<User, 'name' | 'assetClasses'>,
  ): Promise<{ delivery: string }>
  retry(id: string, user: string): void
  cancel(id: string, user: string): void
  start(): void
  settled(): Promise<void>
  close(): Promise<void>
}

/** What of a run leaves the store: targets, the mail, and the outbox that gets it there. */
export function createOutputsService(options: OutputsOptions): OutputsService {
  const { config, runs, clock, log, secrets } = options
  const scratch = join(options.folder, 'color', 'outgoing')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  let line: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = line.then(work)
    line = done.catch(() => undefined)
    return done
  }
  const ground = { ...options, scratch, inTurn }
  const outbox = openOutbox(options.journal, runs)
  const listeners = new Set<() => void>()
  const ending = new AbortController()
  const tell = () => {
    for (const hear of [...listeners]) hear()
  }
  const mail = () => config.find('mail', MAIL)
  const mailNow = (): MailConfig => mail()?.value ?? USUAL_MAIL
  const kindOf = (target: string) => (target === MAIL ? 'mail' : (config.find('outputs', target)?.value.kind ?? null))
  const nameOf = (target: string) => (target === MAIL ? 'Mail' : (config.find('outputs', target)?.name ?? target))
  /** What is invented stays on this machine. */
  const isHeldBack = ({ run, target }: Pick<Delivery, 'run' | 'target'>) =>
    runs.find(run)?.isDemo === true && !['folder', null].includes(kindOf(target))
  const isOn = ({ target, isAsked }: Delivery) =>
    isAsked || (target === MAIL ? mailNow().enabled : (config.find('outputs', target)?.value.enabled ?? true))

  const deliver: Deliver = async (delivery, signal) => {
    const run = expectRun(runs, delivery.run)
    const secret = await secrets.get(secretOf(delivery.target))
    if (delivery.target === MAIL) return await deliverMail(ground, { run, mail: mailNow(), secret, delivery }, signal)
    const found = config.find('outputs', delivery.target)
    if (!found) throw failure('OUTPUT_TARGET_UNKNOWN', { target: delivery.target })
    return await deliverRun(ground, { run, target: found.value, secret, newer: newerFiles(delivery.target, run) }, signal)
  }
  /** Names of files that later runs have put there. */
  const newerFiles = (target: string, run: ColorRun): ReadonlyMap<string, number> => {
    const names = new Map<string, number>()
    for (const one of outbox.all()) {
      const number = runs.find(one.run)?.number ?? 0
      if (one.target !== target || number <= run.number) continue
      for (const { place } of one.receipt?.places ?? []) names.set(basename(place), number)
    }
    return names
  }
  const notice = createNotice(options, nameOf)
  const runner = createOutboxRunner({
    ...{ outbox, deliver, clock, log },
    mayGo: delivery => isOn(delivery) && !isHeldBack(delivery),
    about(delivery) {
      const run = runs.find(delivery.run)
      if (delivery.target !== MAIL || !run) return { recipients: [], subject: null }
      const { to, cc, bcc } = recipientsOf(mailNow(), delivery)
      return { recipients: [...to, ...cc, ...bcc], subject: subjectOf(mailNow(), factsOf(run, mailNow().zone)) }
    },
    onTried: (delivery, why) => notice(delivery, runs.find(delivery.run)?.number ?? 0, why),
    onChange: tell,
  })
  const stops = [
    runs.onChange(run => {
      outbox.plan(run)
      runner.look()
    }),
    config.onChange(({ module }) => {
      if (module === 'outputs' || module === 'mail') runner.look()
      tell()
    }),
  ]
  const view = (): OutputsView =>
    viewOf({ ...{ outbox, runs, config, secrets }, mail: mail(), sending: runner.sending(), isHeldBack, isOn, kindOf, nameOf })
  const timed = async (probe: () => Promise<void>) => {
    const started = clock.monotonic()
    const why = await probe().then(() => null, whyOf)
    return { why: why && whyText(why), seconds: clock.monotonic() - started }
  }
  const expectSendable = (run: string, target: string) => {
    const found = expectRun(runs, run)
    if (target !== MAIL && !config.find('outputs', target)) fail('OUTPUT_TARGET_UNKNOWN', { target })
    if (isHeldBack({ run, target })) fail('DELIVERY_DEMO', { run: String(found.number) })
  }

  const expectSeen = async (run: string, actor: Pick<User, 'assetClasses'>) => {
    const sees = entitledTo(actor)
    const out = mailNow().attachExcluded ? await runs.excluded(run) : []
    const classes = [...(await runs.rows(run)).map(({ row }) => row.assetClass), ...out.map(({ cells }) => cells.ASSET_CLASS)]
    if (!classes.every(sees)) fail('DELIVERY_NOT_ENTITLED', { run: String(runs.find(run)?.number ?? '') })
  }

  return {
    targets({ kind }) {
      const on = kind === 'manual' ? 'onManual' : 'onAutomated'
      const places = config.list('outputs').filter(({ value }) => value.enabled && value[on])
      return [...places.map(({ id }) => id), ...(mailNow().enabled && mailNow()[on] ? [MAIL] : [])]
    },
    view,
    async *watch(reader) {
      const signal = reader ? AbortSignal.any([reader, ending.signal]) : ending.signal
      let wake = () => {}
      let isNew = true
      const hear = () => {
        isNew = true
        wake()
      }
      listeners.add(hear)
      signal.addEventListener('abort', hear)
      try {
        while (!signal.aborted) {
          if (!isNew) await new Promise<void>(done => (wake = done))
          if (signal.aborted) return
          isNew = false
          yield view()
          await clock.sleep(0.1, signal).catch(() => undefined)
        }
      } finally {
        listeners.delete(hear)
        signal.removeEventListener('abort', hear)
      }
    },
    save({ id, name, revision, target }, user) {
      expectTarget(target)
      const [saved] = config.save('outputs', [{ id, name, revision, value: target }], user)
      return view().targets.find(one => one.id === saved!.id)!
    },
    remove: (id, user) => config.remove('outputs', [id], user),
    saveMail({ revision, mail: value }, user) {
      expectMail(value)
      const [saved] = config.save('mail', [{ id: MAIL, name: 'Mail', revision, value }], user)
      return { revision: saved!.revision }
    },
    async setSecret(id, value, user) {
      if (id !== MAIL && !config.find('outputs', id)) fail('OUTPUT_TARGET_UNKNOWN', { target: id })
      await secrets.set(secretOf(id), value, user)
      tell()
    },
    test: ({ id, target, secret }) =>
      timed(async () => probeTarget(ground, target, secret ?? (id === null ? null : await secrets.get(secretOf(id))))),
    testMail: ({ mail: asked, secret }) =>
      timed(async () => probeMailServer(asked, secret ?? (await secrets.get(SMTP_PASSWORD)))),
    facts(id, zone) {
      const run = id === null ? (runs.list().find(({ deleted }) => deleted === null) ?? null) : expectRun(runs, id)
      if (!run) return { run: null, facts: mailFacts(EXAMPLE_RUN, dayAndTime(clock.now(), zone)) }
      return { run: { id: run.id, number: run.number, isDemo: run.isDemo }, facts: factsOf(run, zone) }
    },
    async send({ run, target, to, cc, bcc }, actor) {
      expectSendable(run, target)
      const named = { to, cc, bcc }
      const isNamed = target === MAIL && to.length + cc.length + bcc.length > 0
      if (target === MAIL) expectMail({ ...mailNow(), ...(isNamed ? named : {}), enabled: true }, 'MAIL_NOT_SET')
      // Addresses of one's own would be a way around what an account may see; those of the form were chosen by who sets it up.
      if (isNamed) await expectSeen(run, actor)
      const delivery = outbox.ask({ run, target, recipients: isNamed ? named : null }, actor.name)
      runner.look()
      return { delivery }
    },
    retry(id, user) {
      const { run, target } = outbox.expect(id)
      expectSendable(run, target)
      outbox.retry(id, user)
      runner.look()
    },
    cancel(id, user) {
      outbox.cancel(id, user)
      runner.look()
    },
    start: () => runner.start(),
    settled: () => runner.settled(),
    async close() {
      for (const stop of stops) stop()
      ending.abort()
      await runner.close()
    },
  }
}

function expectRun(runs: OutputRuns, id: string): ColorRun {
  const run = runs.find(id) ?? fail('RUN_UNKNOWN', { run: id })
  return run.deleted === null ? run : fail('OUTPUT_RUN_GONE', { run: String(run.number) })
}
