import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { KeptRule } from '../../../contract/color-rules.ts'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'

/** Rules to leave rows out by: the active ones are chosen until somebody chooses otherwise. */
export function ApplyRules({ session, actions }: { session: SessionView; actions: SessionActions }) {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const [rules, setRules] = useState<readonly KeptRule[] | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [done, setDone] = useState<{ rows: number; cusips: number } | null>(null)
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt reads them again
  useEffect(() => {
    setFault(null)
    desk.color.rules.list().then(book => setRules(book.rules), setFault)
  }, [desk, attempt])
  if (fault) return <Failure error={fault} retry={() => setAttempt(before => before + 1)} />
  if (!rules) return <Loading waitsFor={t('colorSession.waitRules')} />
  if (rules.length === 0) return <p className={css.words}>{t('colorSession.noRules')}</p>
  const isChosen = (rule: KeptRule) => (chosen ? chosen.has(rule.id) : rule.active)
  const ids = rules.filter(isChosen).map(({ id }) => id)
  function turn({ id }: KeptRule): void {
    const next = new Set(ids)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  async function apply(): Promise<void> {
    setBusy(true)
    const told = await actions.run({ kind: 'apply-rules', rules: ids })
    setBusy(false)
    if (told) setDone({ rows: told.rows, cusips: told.cusips })
  }
  const took = (rule: string) => session.statistics.byRule.find(known => known.rule === rule)?.rows ?? null
  return (
    <>
      <p className={css.words}>{t('colorSession.rulesAbout')}</p>
      <ul className={css.choices}>
        {rules.map(rule => (
          <li key={rule.id}>
            <label>
              <input type="checkbox" checked={isChosen(rule)} onChange={() => turn(rule)} />
              <span className={css.rank}>{rule.priority}</span>
              <span className={css.name} title={rule.name}>
                {rule.name}
              </span>
              {rule.active ? null : <span className={css.quiet}>{t('colorSession.ruleOff')}</span>}
              <span className={css.number} title={t('colorSession.ruleTookAbout')}>
                {format.whole(took(rule.id))}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <div className={css.actions}>
        <Button size="compact-sm" variant="filled" disabled={ids.length === 0} loading={isBusy} onClick={() => void apply()}>
          {t('colorSession.applyCount', { count: ids.length })}
        </Button>
        <span role="status" className={css.quiet}>
          {done ? t('colorSession.applied', { count: done.rows, cusips: done.cusips }) : ''}
        </span>
      </div>
    </>
  )
}
