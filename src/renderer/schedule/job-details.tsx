import { Button, Menu } from '@mantine/core'
import { useState } from 'react'
import { type JobRun, type JobView, runReason } from '../../contract/schedule.ts'
import { IconButton } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { reasonWords, type Translate, useText } from '../ui/text.ts'
import { Outcome } from './job-list.tsx'
import css from './jobs.module.css'
import { RunsPreview } from './runs-preview.tsx'
import { factWords, kindName, scheduleWords } from './schedule-words.ts'
import { historyMark, type JobActions, useHistory } from './use-jobs.ts'

const PREVIEWED = 10
const HISTORY = 100

/** One job: what it is about to do, and what became of each run. */
export function JobDetails({
  job,
  actions,
  onEdit,
  onDuplicate,
  onClose,
}: {
  job: JobView
  actions: JobActions
  onEdit(): void
  onDuplicate(): void
  onClose(): void
}) {
  const { t, language } = useText()
  const history = useHistory(job.id, HISTORY, historyMark([job]))
  return (
    <section className={css.side} aria-label={job.name}>
      <header>
        <h3>{job.name}</h3>
        <IconButton icon="close" label={t('schedule.close')} onClick={onClose} />
      </header>
      <p className={css.quiet}>
        {kindName(job.kind)} · {scheduleWords(job.schedule, t, language)}
      </p>
      {job.fault ? (
        <p className={css.fault} role="alert">
          <Icon name="warning" size={12} />
          {t('schedule.unknownKind', { kind: job.fault })}
        </p>
      ) : null}
      <Buttons {...{ job, actions, onEdit, onDuplicate, t }} />
      <h4>{t('schedule.nextRuns')}</h4>
      {job.enabled ? (
        <RunsPreview schedule={job.schedule} count={PREVIEWED} skip={job.skip} />
      ) : (
        <p className={css.quiet}>{t('schedule.off')}</p>
      )}
      <h4>{t('schedule.history')}</h4>
      <History runs={history} />
    </section>
  )
}

function Buttons({
  job,
  actions,
  onEdit,
  onDuplicate,
  t,
}: {
  job: JobView
  actions: JobActions
  onEdit(): void
  onDuplicate(): void
  t: Translate
}) {
  const canSkip = job.enabled && (job.next !== null || job.skip !== null)
  return (
    <div className={css.buttons}>
      {job.running ? (
        <Button size="compact-sm" variant="default" onClick={() => actions.cancel(job)}>
          {t('schedule.cancelRun')}
        </Button>
      ) : (
        <Button size="compact-sm" disabled={job.fault !== null} onClick={() => actions.run(job, false)}>
          {t('schedule.run')}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        {t('schedule.edit')}
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <button
            type="button"
            className={css.more}
            aria-label={t('schedule.more', { name: job.name })}
            title={t('schedule.more', { name: job.name })}
          >
            <Icon name="more" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={job.running !== null || !canSkip} onClick={() => actions.run(job, true)}>
            {t('schedule.runSkip')}
          </Menu.Item>
          <Menu.Item disabled={!canSkip} onClick={() => actions.skip(job, job.skip === null)}>
            {t(job.skip ? 'schedule.unskip' : 'schedule.skip')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={onDuplicate}>{t('schedule.duplicate')}</Menu.Item>
          <Menu.Item disabled={job.running !== null} onClick={() => actions.remove(job)}>
            {t('schedule.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function History({ runs }: { runs: readonly JobRun[] | null }) {
  const { t } = useText()
  const [open, setOpen] = useState<string | null>(null)
  if (!runs) return null
  if (runs.length === 0) return <p className={css.quiet}>{t('schedule.noHistory')}</p>
  return (
    <ul className={css.history}>
      {runs.map(run => (
        <Run key={run.id} run={run} isOpen={open === run.id} onToggle={() => setOpen(open === run.id ? null : run.id)} />
      ))}
    </ul>
  )
}

function Run({ run, isOpen, onToggle }: { run: JobRun; isOpen: boolean; onToggle(): void }) {
  const { t, language } = useText()
  const format = useFormat()
  const facts = factWords(run.facts, format)
  const reason = run.reason === null ? null : reasonWords(runReason(run.reason, language))
  const [first, last] = [run.dues[0], run.dues.at(-1)]
  const passed = run.trigger === null && first !== undefined && last !== undefined
  return (
    <li>
      <button type="button" className={css.runHead} aria-expanded={isOpen} onClick={onToggle}>
        <Outcome outcome={run.outcome} t={t} />
        <span className={css.runTime}>
          {passed && run.count > 1
            ? `${format.instant(first, 'dateMinute')} – ${format.instant(last, 'dateMinute')}`
            : format.instant(first ?? run.started, 'dateMinute')}
        </span>
        <span className={css.runAbout}>{aboutRun(run, t, format)}</span>
      </button>
      {facts ? <p className={css.under}>{facts}</p> : null}
      {reason ? <p className={css.reason}>{reason}</p> : null}
      {isOpen ? <RunLog run={run} /> : null}
    </li>
  )
}

function aboutRun(run: JobRun, t: Translate, format: Format): string {
  if (run.trigger === null) {
    const user = run.outcome === 'skipped' ? t('schedule.trigger.person', { user: run.user }) : null
    return [t('schedule.times', { count: run.count }), user].filter(Boolean).join(' · ')
  }
  const parts = [t(`schedule.trigger.${run.trigger}`, { user: run.user })]
  if (run.ended !== null) parts.push(format.duration((run.ended - run.started) / 1e6))
  if (run.attempts > 1) parts.push(t('schedule.attempts', { count: run.attempts }))
  return parts.join(' · ')
}

function RunLog({ run }: { run: JobRun }) {
  const { t } = useText()
  const format = useFormat()
  if (run.log.length === 0) return <p className={css.quiet}>{t('schedule.noLog')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div className={css.log} role="log" aria-label={t('schedule.log')} tabIndex={0}>
      {run.log.map((line, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end
        <div key={k} data-level={line.level}>
          <time>{format.instant(line.at, 'second')}</time> <b>{line.event}</b>{' '}
          {Object.entries(line.fields)
            .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
            .join('  ')}
        </div>
      ))}
    </div>
  )
}
