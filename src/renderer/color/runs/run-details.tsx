import { Button, Menu } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { DeliveryView } from '../../../contract/color-outputs.ts'
import type { ColorRunWire, RunEntry } from '../../../contract/color-runs.ts'
import { type JobRun, runReason } from '../../../contract/schedule.ts'
import { useDesk } from '../../desk.tsx'
import { Figure, Figures, IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { reasonWords, useText } from '../../ui/text.ts'
import { STATE_SIGNS, stateOf, stateWords, triggerWords } from './run-words.ts'
import css from './runs.module.css'
import { EXPORT_FORMATS, useRunActions } from './use-runs.ts'

/** One run: what it did, by which rules, where it went, and what can be done with it. */
export function RunDetails({
  entry,
  runs,
  change,
  deliveries,
  onClose,
  onShow,
}: {
  entry: RunEntry
  runs: readonly RunEntry[]
  change: number
  deliveries: readonly DeliveryView[]
  onClose(): void
  onShow(run: ColorRunWire, as: 'output' | 'difference'): void
}) {
  const { t, language } = useText()
  const format = useFormat()
  const { run } = entry
  const state = stateOf(entry)
  const log = useLog(entry.id, change)
  const title = run ? t('colorRuns.title', { number: run.number }) : t('colorRuns.attempt')
  const who = [format.instant(entry.at, 'dateSecond'), triggerWords(entry, t), entry.job?.name].filter(Boolean).join(' · ')
  return (
    <section
      className={css.side}
      aria-label={title}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>
          {title} {run?.isDemo ? <Demo /> : null}
        </h3>
        <span className={css.state} data-state={state}>
          <i className={css.sign} aria-hidden="true">
            {STATE_SIGNS[state]}
          </i>{' '}
          {stateWords(state, t)}
        </span>
        <IconButton icon="close" label={t('colorRuns.close')} onClick={onClose} />
      </header>
      <p className={css.quiet}>{who}</p>
      {entry.reason ? <p className={css.fault}>{reasonWords(runReason(entry.reason, language))}</p> : null}
      {run ? <Published {...{ run, runs, onShow }} /> : null}
      <Choices entry={entry} />
      {run ? <Rules run={run} ignored={entry.ignoredRules} /> : null}
      {run ? <Deliveries deliveries={deliveries} run={run} /> : null}
      <h4>{t('colorRuns.log')}</h4>
      <LogLines log={log} />
    </section>
  )
}

/** Says that colors were invented. */
export function Demo() {
  const { t } = useText()
  return (
    <span className={css.demo} title={t('colorRuns.demoHint')}>
      {t('demo.word')}
    </span>
  )
}

function useLog(id: string, change: number): JobRun['log'] | null {
  const desk = useDesk()
  const [log, setLog] = useState<JobRun['log'] | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that ends has its log only then
  useEffect(() => {
    let isGone = false
    desk.color.runs.get({ run: id }).then(found => {
      if (!isGone) setLog(found.log)
    }, notifyFault)
    return () => {
      isGone = true
    }
  }, [desk, id, change])
  return log
}

function Published({
  run,
  runs,
  onShow,
}: {
  run: ColorRunWire
  runs: readonly RunEntry[]
  onShow(run: ColorRunWire, as: 'output' | 'difference'): void
}) {
  const { t } = useText()
  const format = useFormat()
  const whole = (value: number) => format.whole(value)
  return (
    <>
      <Actions run={run} onShow={onShow} />
      {run.deleted ? <DeletedNote deleted={run.deleted} runs={runs} /> : null}
      <Figures>
        <Figure name={t('colorRuns.col.rows')}>{whole(run.rows)}</Figure>
        <Figure name={t('colorRuns.col.parents')}>{whole(run.parents)}</Figure>
        <Figure name={t('colorRuns.fact.children')}>{whole(run.children)}</Figure>
        <Figure name={t('colorRuns.col.received')} title={t('colorRuns.hint.received')}>
          {whole(run.received)}
        </Figure>
        <Figure name={t('colorRuns.col.quarantined')} title={t('colorRuns.hint.quarantined')}>
          {whole(run.quarantined)}
        </Figure>
        <Figure name={t('colorRuns.col.repeats')}>{whole(run.repeats)}</Figure>
        <Figure name={t('colorRuns.col.excluded')}>{whole(run.excluded)}</Figure>
        <Figure name={t('colorRuns.col.seconds')}>{format.duration(run.seconds)}</Figure>
        <Figure name={t('colorRuns.fact.direction')}>{t(`colorRuns.direction.${run.direction}`)}</Figure>
        <Figure name={t('colorRuns.fact.uploads')}>{whole(run.uploads.length)}</Figure>
        <Figure name={t('colorRuns.fact.file')} title={run.sha256}>
          {run.sha256.slice(0, 8)}
        </Figure>
      </Figures>
    </>
  )
}

function DeletedNote({ deleted, runs }: { deleted: NonNullable<ColorRunWire['deleted']>; runs: readonly RunEntry[] }) {
  const { t } = useText()
  const format = useFormat()
  const time = format.instant(deleted.at, 'dateMinute')
  const other = runs.find(({ id }) => id === deleted.replacedBy)?.run?.number
  return (
    <p className={css.quiet}>
      {other === undefined
        ? t('colorRuns.deletedBy', { time, user: deleted.user })
        : t('colorRuns.replacedBy', { time, number: other })}
    </p>
  )
}

function Actions({ run, onShow }: { run: ColorRunWire; onShow(run: ColorRunWire, as: 'output' | 'difference'): void }) {
  const { t } = useText()
  const actions = useRunActions()
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <div className={css.buttons}>
        <Button size="compact-sm" onClick={() => onShow(run, 'output')}>
          {t('colorRuns.output')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => onShow(run, 'difference')}>
          {t('colorRuns.difference')}
        </Button>
        <ExportMenu run={run} />
        {run.deleted ? (
          <Button size="compact-sm" variant="default" onClick={() => actions.restore(run)}>
            {t('colorRuns.restore')}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" aria-expanded={isAsking} onClick={() => setAsking(!isAsking)}>
            {t('colorRuns.delete')}
          </Button>
        )}
      </div>
      {isAsking && !run.deleted ? (
        <ConfirmDelete
          run={run}
          onKeep={() => setAsking(false)}
          onDelete={() => {
            setAsking(false)
            actions.remove(run)
          }}
        />
      ) : null}
    </>
  )
}

/** What deleting comes to, before it is done. */
function ConfirmDelete({ run, onKeep, onDelete }: { run: ColorRunWire; onKeep(): void; onDelete(): void }) {
  const { t } = useText()
  const format = useFormat()
  const keep = useRef<HTMLButtonElement>(null)
  useEffect(() => keep.current?.focus(), [])
  const question = t('colorRuns.confirmDelete', { number: run.number })
  return (
    <div
      className={css.confirm}
      role="alertdialog"
      aria-label={question}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        onKeep()
      }}
    >
      <strong>{question}</strong>
      <p>{t('colorRuns.confirmAbout', { rows: format.whole(run.rows) })}</p>
      <div className={css.buttons}>
        <Button size="compact-sm" variant="default" ref={keep} onClick={onKeep}>
          {t('colorRuns.keep')}
        </Button>
        <Button size="compact-sm" color="red" onClick={onDelete}>
          {t('colorRuns.delete')}
        </Button>
      </div>
    </div>
  )
}

/** The output as a file. */
export function ExportMenu({ run }: { run: ColorRunWire }) {
  const { t } = useText()
  const { save } = useRunActions()
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<Icon name="down" size={12} />}>
          {t('colorRuns.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {EXPORT_FORMATS.map(format => (
          <Menu.Item key={format} onClick={() => save(run, format)}>
            {format}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Choices({ entry }: { entry: RunEntry }) {
  const { t } = useText()
  const said = [
    ...(entry.skippedNext ? [t('colorRuns.skippedNext')] : []),
    ...(entry.replaceToday ? [t('colorRuns.replacedToday')] : []),
  ]
  return said.length > 0 ? <p className={css.quiet}>{said.join(' ')}</p> : null
}

function Rules({ run, ignored }: { run: ColorRunWire; ignored: boolean }) {
  const { t } = useText()
  const format = useFormat()
  const none = ignored ? t('colorRuns.rulesIgnored') : t('colorRuns.noRules')
  return (
    <>
      <h4>{t('colorRuns.rules')}</h4>
      {run.rules.length === 0 ? (
        <p className={css.quiet}>{none}</p>
      ) : (
        <table className={css.rules} title={t('colorRuns.rule.hint')}>
          <thead>
            <tr>
              <th scope="col">{t('colorRuns.rule.name')}</th>
              <th scope="col">{t('colorRuns.rule.hits')}</th>
              <th scope="col">{t('colorRuns.rule.credited')}</th>
            </tr>
          </thead>
          <tbody>
            {run.rules.map(({ id, name, hits, credited }) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                <td>{format.whole(hits)}</td>
                <td>{format.whole(credited)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Deliveries({ run, deliveries }: { run: ColorRunWire; deliveries: readonly DeliveryView[] }) {
  const { t, language } = useText()
  return (
    <>
      <h4>{t('colorRuns.deliveries')}</h4>
      {deliveries.length === 0 && run.targets.length === 0 ? <p className={css.quiet}>{t('colorRuns.noDeliveries')}</p> : null}
      <ul className={css.deliveries}>
        {deliveries.map(({ id, targetName, state, why, receipt }) => (
          <li key={id} data-state={state}>
            <b>{targetName}</b> {t(`colorRuns.delivery.${state}`)}
            {why ? <span>{reasonWords(runReason(why, language))}</span> : null}
            {receipt?.places.map(({ place }) => (
              <span key={place}>{place}</span>
            ))}
          </li>
        ))}
      </ul>
    </>
  )
}

function LogLines({ log }: { log: JobRun['log'] | null }) {
  const { t } = useText()
  const format = useFormat()
  if (!log) return null
  if (log.length === 0) return <p className={css.quiet}>{t('colorRuns.noLog')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div className={css.log} role="log" aria-label={t('colorRuns.log')} tabIndex={0}>
      {log.map((line, k) => (
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
