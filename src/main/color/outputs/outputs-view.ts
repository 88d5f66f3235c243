import type { DeliveryAttempt, DeliveryView, OutputsView, OutputTarget } from '../../../contract/color-outputs.ts'
import type { SecretsService } from '../../secrets/secrets-service.ts'
import type { ConfigBook, ConfigEntity } from '../config/config-book.ts'
import { USUAL_MAIL } from './mail-usual.ts'
import type { Attempt, Delivery, Outbox } from './outbox.ts'
import { whyText } from './output-faults.ts'
import type { OutputRuns } from './output-files.ts'
import { SMTP_PASSWORD, secretOf } from './output-secrets.ts'

const SHOWN = 500

export interface ViewParts {
  readonly outbox: Outbox
  readonly runs: Pick<OutputRuns, 'find'>
  readonly config: Pick<ConfigBook, 'list'>
  readonly secrets: Pick<SecretsService, 'has'>
  readonly mail: ConfigEntity<'mail'> | null
  /** Ids of the deliveries that are under way. */
  readonly sending: ReadonlySet<string>
  readonly isHeldBack: (delivery: Delivery) => boolean
  readonly isOn: (delivery: Delivery) => boolean
  readonly kindOf: (target: string) => DeliveryView['kind']
  readonly nameOf: (target: string) => string
}

/** Everything about outputs as the page shows it. */
export function viewOf(parts: ViewParts): OutputsView {
  const { outbox, config, secrets, mail } = parts
  const deliveries = outbox.all().slice(-SHOWN).reverse()
  return {
    targets: config.list('outputs').map(({ id, name, revision, value }) => ({
      ...{ id, name, revision, target: value },
      hasSecret: !needsSecret(value) || secrets.has(secretOf(id)),
    })),
    mail: { revision: mail?.revision ?? 0, mail: mail?.value ?? USUAL_MAIL, hasPassword: secrets.has(SMTP_PASSWORD) },
    deliveries: deliveries.map(one => deliveryView(one, parts)),
    attempts: outbox.attempts().map(one => attemptView(one, parts)),
  }
}

function needsSecret(target: OutputTarget): boolean {
  return target.kind === 's3' || (target.kind === 'database' && target.place.engine === 'postgres')
}

function deliveryView(delivery: Delivery, { runs, sending, isHeldBack, isOn, kindOf, nameOf }: ViewParts): DeliveryView {
  const { id, run, target, planned, state, attempts, next, ended, why, receipt } = delivery
  const found = runs.find(run)
  const isHeld = state === 'waiting' && isHeldBack(delivery)
  const held = { code: 'DELIVERY_DEMO', data: { run: String(found?.number ?? 0) } } as const
  const now = isHeld ? 'not-sent' : sending.has(id) ? 'sending' : state
  return {
    ...{ id, run, target, planned, attempts, ended, receipt },
    ...{ number: found?.number ?? 0, isDemo: found?.isDemo ?? false, targetName: nameOf(target), kind: kindOf(target) },
    state: now,
    next: now === 'waiting' && isOn(delivery) ? next : null,
    why: isHeld ? whyText(held) : why && whyText(why),
  }
}

function attemptView({ entry, at, delivery, user, body }: Attempt, { runs, nameOf }: ViewParts): DeliveryAttempt {
  const { run, target, ok, seconds, why, recipients, subject } = body
  return {
    ...{ entry, at, delivery, user, ok, seconds, target, recipients: [...recipients], subject },
    ...{ number: runs.find(run)?.number ?? 0, targetName: nameOf(target), why: why && whyText(why) },
  }
}
