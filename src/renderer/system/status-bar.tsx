import { ActionIcon, Popover, Progress, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { SourceState } from '../../contract/sources.ts'
import type { JobState, Status } from '../../contract/system.ts'
import { useApp } from '../app-context.tsx'
import { openPanel } from '../commands.ts'
import { useDesk, useHello, useSetting, useStream } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { reasonWords, useText } from '../ui/text.ts'
import css from './status-bar.module.css'

/** Sources, jobs, memory, journal, DEMO, language and version: the health of the whole in one line. */
export function StatusBar() {
  const app = useApp()
  const { t, language } = useText()
  const hello = useHello()
  const [, setLanguage] = useSetting('language')
  return (
    <footer className={css.bar} id="region-status" tabIndex={-1}>
      <SourceMarks />
      <span className={css.gap} />
      <JobMarks />
      <HealthMarks />
      {hello?.demo ? (
        <span className={css.demo} title={t('demo.says')}>
          {t('demo.word')}
        </span>
      ) : null}
      <UnstyledButton
        className={css.item}
        title={t('status.switchLanguage')}
        aria-label={`${language.toUpperCase()} · ${t('status.switchLanguage')}`}
        onClick={() => void setLanguage(language === 'es' ? 'en' : 'es').catch(notifyFault)}
      >
        {language.toUpperCase()}
      </UnstyledButton>
      {hello ? (
        <UnstyledButton
          className={css.item}
          title={`${t('status.version', { version: hello.version, runtime: hello.runtime })}\n${t('status.workspace', { folder: hello.workspace })}`}
          onClick={() => app.view.setState({ sheet: 'about' })}
        >
          {hello.version}
        </UnstyledButton>
      ) : null}
    </footer>
  )
}

/** Each source that is on, with its state as a sign and a word, and how far it lags. */
function SourceMarks() {
  const app = useApp()
  const { t } = useText()
  const format = useFormat()
  const [sources, setSources] = useState<readonly SourceState[]>([])
  useStream(
    'sources',
    (desk, signal) => desk.sources.watch(undefined, { signal }),
    value => setSources(value.sources),
  )
  const on = sources.filter(source => source.enabled)
  return (
    <>
      {on.map(source => (
        <UnstyledButton
          key={source.name}
          className={css.item}
          data-phase={source.phase}
          title={[source.title, t(`source.phase.${source.phase}`), source.reason && reasonWords(source.reason)]
            .filter(Boolean)
            .join(' · ')}
          onClick={() => openPanel(app, 'sources')}
        >
          <i className={css.dot} aria-hidden="true" />
          <span>{source.title}</span>
          {source.phase === 'up' ? (
            source.latencySeconds === null ? null : (
              <span className={css.number}>{format.duration(source.latencySeconds)}</span>
            )
          ) : (
            <span>{t(`source.phase.${source.phase}`)}</span>
          )}
        </UnstyledButton>
      ))}
    </>
  )
}

function JobMarks() {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const [jobs, setJobs] = useState<readonly JobState[]>([])
  useStream(
    'jobs',
    (host, signal) => host.system.jobs(undefined, { signal }),
    value => setJobs(value.jobs),
  )
  const running = jobs.filter(job => job.phase === 'running' || job.phase === 'waiting')
  const first = running[0]
  if (!first) return null
  return (
    <Popover position="top-end" width={320}>
      <Popover.Target>
        <UnstyledButton className={css.item}>
          <span>{t('status.jobs', { count: running.length })}</span>
          <span className={css.meter} aria-hidden="true">
            <i style={{ width: `${(first.progress ?? 0.5) * 100}%` }} data-unknown={first.progress === null} />
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css.jobs}>
          {running.map(job => (
            <div key={job.id} className={css.job}>
              <div className={css.jobWords}>
                <span>{job.subject}</span>
                <span className={css.number}>
                  {job.progress === null ? (job.detail ?? '') : format.percent(job.progress, { decimals: 0 })}
                </span>
              </div>
              <Progress value={(job.progress ?? 1) * 100} animated={job.progress === null} size="xs" aria-label={job.subject} />
              {job.canCancel ? (
                <ActionIcon
                  aria-label={t('status.cancelJob', { subject: job.subject })}
                  onClick={() => void desk.system.cancelJob({ job: job.id }).catch(notifyFault)}
                >
                  <Icon name="close" size={12} />
                </ActionIcon>
              ) : null}
            </div>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function HealthMarks() {
  const app = useApp()
  const { t } = useText()
  const format = useFormat()
  const [status, setStatus] = useState<Status | null>(null)
  useStream('status', (desk, signal) => desk.system.watchStatus(undefined, { signal }), setStatus)
  if (!status) return null
  const memory = status.memory.reduce((sum, part) => sum + part.bytes, 0)
  const open = () => openPanel(app, 'status')
  const { phase } = status.data
  return (
    <>
      {phase === 'up' ? null : (
        <UnstyledButton className={css.item} data-phase="failed" title={status.data.reason ?? undefined} onClick={open}>
          <i className={css.dot} aria-hidden="true" />
          <span>{t(`status.data.${phase}`)}</span>
        </UnstyledButton>
      )}
      <UnstyledButton className={css.item} title={t('status.memory')} onClick={open}>
        <span className={css.number}>{format.bytes(memory)}</span>
      </UnstyledButton>
      <UnstyledButton
        className={css.item}
        title={t('status.journal', {
          head: format.whole(status.journal.head),
          verified: status.journal.verified ? t('status.yes') : t('status.no'),
        })}
        onClick={open}
      >
        <span className={css.number}>{t('status.journalShort', { head: format.whole(status.journal.head) })}</span>
      </UnstyledButton>
    </>
  )
}
