import { useState } from 'react'
import type { IntakeCheckWire, IntakeState } from '../../../contract/color-intake.ts'
import { useDesk } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { ruleWords, sentenceOf } from '../rules/rule-words.ts'
import { type CheckDraft, CheckForm } from './check-form.tsx'
import css from './intake.module.css'

const NEW: CheckDraft = {
  ...{ id: null, revision: 0, name: '', active: true, outcome: 'quarantine', message: '' },
  when: { kind: 'all', of: [] },
}

/** What the desk asks of rows when they come in, besides what is always asked. */
export function ChecksTab({
  state: { checks },
  mayWrite,
  onState,
}: {
  state: IntakeState
  mayWrite: boolean
  onState(state: IntakeState): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [draft, setDraft] = useState<CheckDraft | null>(null)
  const words = ruleWords(t)
  const save = async (check: CheckDraft) => {
    try {
      onState(await desk.color.intake.saveCheck(check))
      notify({ tone: 'good', text: t('colorIntake.saved', { name: check.name }), key: 'color-intake' })
      setDraft(null)
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const remove = async (check: IntakeCheckWire) => {
    try {
      onState(await desk.color.intake.forget({ module: 'checks', id: check.id }))
      const undo = { label: t('colorIntake.undo'), run: () => void save({ ...check, revision: 0 }) }
      notify({ tone: 'good', text: t('colorIntake.gone', { name: check.name }), key: 'color-intake', actions: [undo] })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const add = mayWrite ? { label: t('colorIntake.check.add'), run: () => setDraft(NEW) } : undefined
  const form = draft ? <CheckForm key={draft.id} draft={draft} onSave={save} onLeave={() => setDraft(null)} /> : null
  return (
    <div className={css.scroll}>
      {checks.length === 0 && !draft ? (
        <Empty title={t('colorIntake.tab.checks')} action={add}>
          {t('colorIntake.check.none')}
        </Empty>
      ) : null}
      {checks.map(check =>
        draft?.id === check.id ? (
          form
        ) : (
          <section key={check.id} className={css.card} aria-label={check.name}>
            <header className={css.sub}>
              <label className={css.toggle}>
                <input
                  type="checkbox"
                  checked={check.active}
                  disabled={!mayWrite}
                  aria-label={`${t('colorIntake.check.active')}: ${check.name}`}
                  onChange={() => void save({ ...check, active: !check.active })}
                />
                <strong>{check.name}</strong>
              </label>
              {check.active ? null : <span className={css.quiet}>{t('colorIntake.check.off')}</span>}
              <span className={css.space} />
              {mayWrite ? (
                <>
                  <button type="button" className={css.link} onClick={() => setDraft(check)}>
                    {t('colorIntake.edit')}
                  </button>
                  <button type="button" className={css.link} onClick={() => void remove(check)}>
                    {t('colorIntake.delete')}
                  </button>
                </>
              ) : null}
            </header>
            <p className={css.line}>
              {t('colorIntake.check.when')} <q>{sentenceOf(check.when, words)}</q>, {t('colorIntake.check.outcome')}{' '}
              <b data-tone={check.outcome === 'quarantine' ? 'bad' : 'warn'}>{t(`colorIntake.check.${check.outcome}`)}</b>
              {check.message ? (
                <>
                  {' '}
                  {t('colorIntake.check.message')} “{check.message}”
                </>
              ) : null}
            </p>
          </section>
        ),
      )}
      {draft?.id === null ? form : null}
      {checks.length > 0 && !draft && add ? (
        <p>
          <button type="button" className={css.secondary} onClick={add.run}>
            {add.label}
          </button>
        </p>
      ) : null}
    </div>
  )
}
