import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { type ColorLogEntry, type ColorModule, SETUP_MODULES, type ThreeWay } from '../../../contract/color-log.ts'
import { useHello } from '../../desk.tsx'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { linesOf } from './line-diff.ts'
import css from './log.module.css'
import { FieldChange } from './log-line.tsx'

const WORK: readonly ColorLogEntry['module'][] = ['runs', 'sessions', 'uploads']
export const isWork = ({ module }: ColorLogEntry) => WORK.includes(module)

/** Why a change cannot be taken back by this person now; null where it can. */
function useRefusal(): (entry: ColorLogEntry) => string | null {
  const { t } = useText()
  const rights = useHello()?.mayWrite ?? []
  return entry => {
    if (isWork(entry)) return t('colorLog.refused.work')
    if (entry.canRevert) return null
    if (!rights.includes('color')) return t('colorLog.refused.viewer')
    if (SETUP_MODULES.includes(entry.module as ColorModule) && !rights.includes('color-setup')) return t('colorLog.refused.setup')
    return entry.revertedBy === null ? t('colorLog.refused.same') : t('colorLog.refused.taken', { entry: entry.revertedBy })
  }
}

/** One change: its three states as differences of lines, and the way back. */
export function LogSide({
  entry,
  look,
  error,
  retry,
  isAsking,
  isBusy,
  onRevert,
  onKeep,
  onOpen,
  onClose,
}: {
  /** The line as the list has it, for work that was done; null where the list has not. */
  entry: ColorLogEntry | null
  look: ThreeWay | null
  error: unknown
  retry(): void
  /** Asks whether later changes may go too. */
  isAsking: boolean
  isBusy: boolean
  onRevert(anyway: boolean): void
  onKeep(): void
  onOpen(entry: number): void
  onClose(): void
}) {
  const { t } = useText()
  const shown = look?.entry ?? entry
  const title = shown ? `${t(`colorLog.module.${shown.module}`)}: ${shown.name}` : t('colorLog.change')
  return (
    <section className={css.side} aria-label={title}>
      <header>
        <h3 title={title}>{title}</h3>
        <IconButton icon="close" label={t('colorLog.close')} onClick={onClose} />
      </header>
      {shown ? <Facts entry={shown} onOpen={onOpen} /> : null}
      {shown && isWork(shown) ? (
        <WorkFacts entry={shown} />
      ) : error && !look ? (
        <Failure error={error} retry={retry} />
      ) : look ? (
        <>
          <Revert {...{ look, isAsking, isBusy, onRevert, onKeep }} />
          <States look={look} />
        </>
      ) : (
        <Loading waitsFor={t('colorLog.change')} />
      )}
    </section>
  )
}

function Facts({ entry, onOpen }: { entry: ColorLogEntry; onOpen(entry: number): void }) {
  const { t } = useText()
  const format = useFormat()
  const other = entry.revertedBy ?? entry.reverts
  return (
    <p className={css.facts}>
      #{entry.entry} · {t(`colorLog.action.${entry.action}`)} · {entry.user} · {format.instant(entry.at, 'dateSecond')}
      {other === null ? null : (
        <>
          {' · '}
          <button type="button" className={css.link} onClick={() => onOpen(other)}>
            {t(entry.revertedBy === null ? 'colorLog.reverts' : 'colorLog.revertedBy', { entry: other })}
          </button>
        </>
      )}
    </p>
  )
}

function WorkFacts({ entry }: { entry: ColorLogEntry }) {
  const { t } = useText()
  return (
    <>
      {entry.changes.map(change => (
        <p key={change.field}>
          <FieldChange change={change} />
        </p>
      ))}
      <p className={css.quiet}>{t('colorLog.refused.work')}</p>
    </>
  )
}

function Revert({
  look,
  isAsking,
  isBusy,
  onRevert,
  onKeep,
}: {
  look: ThreeWay
  isAsking: boolean
  isBusy: boolean
  onRevert(anyway: boolean): void
  onKeep(): void
}) {
  const { t } = useText()
  const refusal = useRefusal()(look.entry)
  if (refusal !== null) return <p className={css.quiet}>{refusal}</p>
  if (isAsking)
    return (
      <div className={css.ask} role="alertdialog" aria-label={t('colorLog.revert')}>
        <p>{t('colorLog.askConflict', { name: look.entry.name })}</p>
        <div className={css.buttons}>
          <Button data-autofocus autoFocus size="compact-sm" color="red" disabled={isBusy} onClick={() => onRevert(true)}>
            {t('colorLog.anyway')}
          </Button>
          <Button size="compact-sm" variant="default" disabled={isBusy} onClick={onKeep}>
            {t('colorLog.keep')}
          </Button>
        </div>
      </div>
    )
  return (
    <div className={css.buttons}>
      <Button size="compact-sm" disabled={isBusy} onClick={() => onRevert(false)}>
        {t('colorLog.revert')}
      </Button>
      <span className={css.quiet}>{effectOf(look, t)}</span>
    </div>
  )
}

/** What taking it back will do. */
function effectOf({ before, now, conflict }: ThreeWay, t: Translate): string {
  if (conflict) return t('colorLog.effect.conflict')
  if (before === null) return t('colorLog.effect.remove')
  return now === null ? t('colorLog.effect.restore') : t('colorLog.effect.back')
}

function States({ look: { before, after, now, conflict } }: { look: ThreeWay }) {
  const { t } = useText()
  return (
    <>
      <Difference title={t('colorLog.diff.change')} {...{ before, after }} />
      {conflict ? (
        <>
          <Difference title={t('colorLog.diff.since')} before={after} after={now} />
          {before === now ? null : <Difference title={t('colorLog.diff.revert')} before={now} after={before} />}
        </>
      ) : (
        <p className={css.quiet}>{t(now === null ? 'colorLog.stillGone' : 'colorLog.stillSo')}</p>
      )}
    </>
  )
}

function Difference({ title, before, after }: { title: string; before: string | null; after: string | null }) {
  const { t } = useText()
  const lines = useMemo(() => linesOf(before, after), [before, after])
  const label = before === null ? t('colorLog.wasNothing') : after === null ? t('colorLog.isNothing') : null
  return (
    <div className={css.difference}>
      <h4>
        {title}
        {label ? <span className={css.quiet}>{label}</span> : null}
      </h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by the keys */}
      <section className={css.diff} tabIndex={0} aria-label={title}>
        {lines.map((line, k) =>
          line.kind === 'skipped' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one comparison stay in their places
            <div key={k} data-kind="skipped">
              {t('colorLog.diff.skipped', { count: line.count })}
            </div>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one comparison stay in their places
            <div key={k} data-kind={line.kind}>
              <b aria-hidden="true">{line.kind === 'added' ? '+' : line.kind === 'removed' ? '\u2212' : ' '}</b>
              {line.text}
            </div>
          ),
        )}
      </section>
    </div>
  )
}
