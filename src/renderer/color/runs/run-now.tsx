import { Button, Select, Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { JobView } from '../../../contract/schedule.ts'
import { dateIn } from '../../../core/kit/calendar.ts'
import { epochMicros } from '../../../core/kit/time.ts'
import { useDesk, useStream } from '../../desk.tsx'
import { nowMicros } from '../../now.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import css from './runs.module.css'
import type { RunsKnown } from './use-runs.ts'

/** Runs that are named one by one before they are replaced. */
const NAMED = 4

/** A run that a person asks for: three choices that have nothing to do with each other, each with what it comes to. */
export function RunNow({
  known,
  jobs,
  onClose,
  onStarted,
}: {
  known: RunsKnown
  jobs: readonly JobView[]
  onClose(): void
  onStarted(run: string): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [job, setJob] = useState<string | null>(jobs[0]?.id ?? null)
  const [skipNext, setSkipNext] = useState(false)
  const [ignoreRules, setIgnoreRules] = useState(false)
  const [replaceToday, setReplaceToday] = useState(false)
  const [isStarting, setStarting] = useState(false)
  const waits = useWaiting()
  const active = useActiveRules()
  const chosen = jobs.find(({ id }) => id === job) ?? null
  const canSkip = chosen?.enabled === true && chosen.next !== null
  const start = () => {
    setStarting(true)
    desk.color.runs
      .start({ job, skipNext: skipNext && canSkip, ignoreRules, replaceToday })
      .then(({ run }) => {
        notify({ tone: 'info', text: t('colorRuns.now.started') })
        onStarted(run)
      }, notifyFault)
      .finally(() => setStarting(false))
  }
  return (
    <form
      className={css.side}
      aria-label={t('colorRuns.now')}
      onSubmit={event => {
        event.preventDefault()
        if (!isStarting) start()
      }}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>{t('colorRuns.now')}</h3>
        <IconButton icon="close" label={t('colorRuns.close')} onClick={onClose} />
      </header>
      <Select
        size="xs"
        label={t('colorRuns.now.what')}
        value={job ?? ''}
        allowDeselect={false}
        data={[...jobs.map(({ id, name }) => ({ value: id, label: name })), { value: '', label: t('colorRuns.now.waiting') }]}
        onChange={value => setJob(value || null)}
      />
      <p className={css.quiet}>
        {waits === null ? '' : waits.uploads === 0 ? t('colorRuns.waitsNone') : t('colorRuns.waits', waits)}
      </p>
      <SkipChoice {...{ chosen, canSkip, skipNext, onChange: setSkipNext }} />
      <Choice
        label={t('colorRuns.now.ignore')}
        about={
          active === null ? '' : active === 0 ? t('colorRuns.now.ignoreNone') : t('colorRuns.now.ignoreAbout', { count: active })
        }
        value={ignoreRules}
        onChange={setIgnoreRules}
      />
      <Choice label={t('colorRuns.now.replace')} about={useReplaced(known)} value={replaceToday} onChange={setReplaceToday} />
      <footer className={css.buttons}>
        <Button type="submit" size="compact-sm" disabled={isStarting} data-autofocus>
          {t('colorRuns.now.start')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t('colorRuns.now.cancel')}
        </Button>
      </footer>
    </form>
  )
}

function SkipChoice({
  chosen,
  canSkip,
  skipNext,
  onChange,
}: {
  chosen: JobView | null
  canSkip: boolean
  skipNext: boolean
  onChange(on: boolean): void
}) {
  const { t } = useText()
  const format = useFormat()
  const about = !chosen
    ? t('colorRuns.now.skipNoJob')
    : canSkip
      ? t('colorRuns.now.skipAbout', { time: format.instant(chosen.next, 'dateMinute') })
      : t('colorRuns.now.skipNone')
  return (
    <Choice label={t('colorRuns.now.skip')} about={about} value={skipNext && canSkip} disabled={!canSkip} onChange={onChange} />
  )
}

function Choice({
  label,
  about,
  value,
  disabled = false,
  onChange,
}: {
  label: string
  about: string
  value: boolean
  disabled?: boolean
  onChange(on: boolean): void
}) {
  return (
    <Switch
      size="xs"
      className={css.choice}
      label={label}
      description={about}
      checked={value}
      disabled={disabled}
      onChange={event => onChange(event.currentTarget.checked)}
    />
  )
}

/** Runs of today whose output would be put aside, in words. */
function useReplaced({ runs, zone }: RunsKnown): string {
  const { t } = useText()
  const today = dateIn(epochMicros(nowMicros()), zone)
  const standing = runs.filter(({ run }) => run && !run.deleted && run.day === today)
  if (standing.length === 0) return t('colorRuns.now.replaceNone')
  const named = standing.slice(0, NAMED).map(({ run }) => t('colorRuns.now.runNumber', { number: run!.number }))
  const more = standing.length > NAMED ? [t('colorRuns.more', { count: standing.length - NAMED })] : []
  return t('colorRuns.now.replaceAbout', { runs: [...named, ...more].join(', ') })
}

/** Rows and uploads that wait; null until it is known. */
function useWaiting(): { readonly rows: number; readonly uploads: number } | null {
  const [waits, setWaits] = useState<{ rows: number; uploads: number } | null>(null)
  useStream(
    'color-run-now',
    (desk, signal) => desk.color.intake.watch(undefined, { signal }),
    ({ uploads }) => {
      const pending = uploads.filter(({ status }) => status === 'pending')
      setWaits({ rows: pending.reduce((sum, { counts }) => sum + counts.accepted, 0), uploads: pending.length })
    },
  )
  return waits
}

/** How many rules are active; null until it is known. */
function useActiveRules(): number | null {
  const desk = useDesk()
  const [count, setCount] = useState<number | null>(null)
  useEffect(() => {
    desk.color.rules.list().then(({ rules }) => setCount(rules.filter(({ active }) => active).length), notifyFault)
  }, [desk])
  return count
}
