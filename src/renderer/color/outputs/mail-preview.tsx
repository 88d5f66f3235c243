import { Button, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { MailConfig } from '../../../contract/color-outputs.ts'
import type { Client } from '../../../contract/index.ts'
import { isMailAddress } from '../../../core/color/output-check.ts'
import { escapeHtml, fillTemplate } from '../../../core/color/output-template.ts'
import { useDesk } from '../../desk.tsx'
import { Choice } from '../../options/choice.tsx'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { readAddresses } from './mail-message.tsx'
import css from './outputs.module.css'
import { useOutputActions } from './use-outputs.ts'

type Facts = Awaited<ReturnType<Client['color']['outputs']['mailFacts']>>

/** The message as it would go out about the last run, filled while it is written by the code that sends it. */
export function MailPreview({
  draft,
  isChanged,
  maySend,
  runs,
}: {
  draft: MailConfig
  isChanged: boolean
  maySend: boolean
  /** Changes when there may be a newer run. */
  runs: number
}) {
  const { t } = useText()
  const desk = useDesk()
  const [facts, setFacts] = useState<Facts | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const [form, setForm] = useState<'asText' | 'asHtml'>('asText')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer run and a retry both ask again
  useEffect(() => {
    let isGone = false
    desk.color.outputs.mailFacts({ zone: draft.zone }).then(
      found => {
        if (isGone) return
        setFacts(found)
        setFault(null)
      },
      why => !isGone && setFault(why),
    )
    return () => {
      isGone = true
    }
  }, [desk, draft.zone, runs, turn])
  if (!facts)
    return (
      <aside className={css.preview}>
        {fault ? (
          <Failure error={fault} retry={() => setTurn(turn + 1)} />
        ) : (
          <Loading shape="text" waitsFor={t('outputs.mail.preview')} />
        )}
      </aside>
    )
  const title = facts.run ? t('outputs.mail.previewOf', { number: facts.run.number }) : t('outputs.mail.previewExample')
  const hasHtml = draft.html.trim() !== ''
  return (
    <aside className={css.preview} aria-label={t('outputs.mail.preview')}>
      <header>
        <h3>{title}</h3>
        {facts.run?.isDemo ? <b className={css.demo}>DEMO</b> : null}
        {hasHtml ? (
          <Choice
            label={t('outputs.mail.preview')}
            value={form}
            options={(['asText', 'asHtml'] as const).map(value => ({ value, label: t(`outputs.mail.${value}`) }))}
            onChange={next => setForm(next)}
          />
        ) : null}
      </header>
      <Heads draft={draft} subject={fillTemplate(draft.subject, facts.facts)} />
      {hasHtml && form === 'asHtml' ? (
        // No script, no form, no address of its own: what a template holds is only drawn.
        <iframe
          className={css.html}
          title={t('outputs.mail.preview')}
          sandbox=""
          srcDoc={fillTemplate(draft.html, facts.facts, escapeHtml)}
        />
      ) : (
        <pre className={css.letter}>{fillTemplate(draft.text, facts.facts)}</pre>
      )}
      {facts.run && !facts.run.isDemo && maySend ? <SendNow run={facts.run} isChanged={isChanged} /> : null}
    </aside>
  )
}

function Heads({ draft, subject }: { draft: MailConfig; subject: string }) {
  const { t } = useText()
  const attached = (['attachOutput', 'attachExcluded', 'attachDifference'] as const).filter(name => draft[name])
  const lists = (['to', 'cc', 'bcc'] as const).filter(list => list === 'to' || draft[list].length > 0)
  return (
    <dl className={css.heads}>
      <dt>{t('outputs.mail.from')}</dt>
      <dd>{draft.from || '—'}</dd>
      {lists.map(list => (
        <div key={list} className={css.head}>
          <dt>{t(`outputs.mail.${list}`)}</dt>
          <dd>{draft[list].join(', ') || t('outputs.mail.nobody')}</dd>
        </div>
      ))}
      <dt>{t('outputs.mail.subject')}</dt>
      <dd className={css.strong}>{subject}</dd>
      <dt>{t('outputs.mail.attach')}</dt>
      <dd>{attached.map(name => t(`outputs.mail.${name}`)).join(', ') || t('outputs.mail.nothing')}</dd>
    </dl>
  )
}

/** Sends the last run now, to the addresses of the form or to somebody else. */
function SendNow({ run, isChanged }: { run: NonNullable<Facts['run']>; isChanged: boolean }) {
  const { t } = useText()
  const actions = useOutputActions()
  const [typed, setTyped] = useState('')
  const to = readAddresses(typed)
  const wrong = to.find(one => !isMailAddress(one))
  const send = async () => {
    if (wrong === undefined && (await actions.send(run.id, 'mail', to))) setTyped('')
  }
  return (
    <form
      className={css.send}
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      <TextInput
        size="xs"
        label={t('outputs.mail.sendTo')}
        value={typed}
        error={wrong === undefined || !wrong.includes('@') ? null : t('outputs.problem.address', { detail: wrong })}
        spellCheck={false}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" variant="default" disabled={wrong !== undefined}>
        {t('outputs.mail.sendNow', { number: run.number })}
      </Button>
      {isChanged ? <span className={css.quiet}>{t('outputs.mail.sendSaved')}</span> : null}
    </form>
  )
}
