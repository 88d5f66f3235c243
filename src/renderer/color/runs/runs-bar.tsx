import { Button, Menu, SegmentedControl } from '@mantine/core'
import type { JobView } from '../../../contract/schedule.ts'
import { nowMicros } from '../../now.ts'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../../ui/text.ts'
import css from './runs.module.css'

/** The view, what runs next, and the two things to do: run now, and make or change a job. */
export function RunsBar({
  jobs,
  view,
  canEdit,
  onView,
  onRun,
  onNewJob,
  onEditJob,
}: {
  jobs: readonly JobView[]
  view: 'history' | 'calendar'
  canEdit: boolean
  onView(view: 'history' | 'calendar'): void
  onRun(): void
  onNewJob(): void
  onEditJob(id: string): void
}) {
  const { t } = useText()
  return (
    <div className={css.bar}>
      <SegmentedControl
        size="xs"
        aria-label={t('colorRuns.view')}
        value={view}
        data={(['history', 'calendar'] as const).map(value => ({ value, label: t(`colorRuns.${value}`) }))}
        onChange={value => onView(value === 'calendar' ? 'calendar' : 'history')}
      />
      <NextRun jobs={jobs} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="default" disabled={!canEdit} rightSection={<Icon name="down" size={12} />}>
            {t('colorRuns.jobs')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {jobs.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => onEditJob(id)}>
              {t('colorRuns.editJob', { name })}
            </Menu.Item>
          ))}
          {jobs.length > 0 ? <Menu.Divider /> : null}
          <Menu.Item leftSection={<Icon name="plus" size={12} />} onClick={onNewJob}>
            {t('colorRuns.newJob')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button size="compact-sm" leftSection={<Icon name="play" size={12} />} onClick={onRun}>
        {t('colorRuns.run')}
      </Button>
    </div>
  )
}

/** The next planned run of any job with how long it is until then; what a person left out is said beside it. */
function NextRun({ jobs }: { jobs: readonly JobView[] }) {
  const { t } = useText()
  const format = useFormat()
  const planned = jobs.filter(job => job.enabled && job.next !== null).sort((a, b) => a.next! - b.next!)
  const [next] = planned
  const skipped = jobs.find(job => job.skip !== null)
  const left = skipped?.skip
    ? t('colorRuns.nextSkipped', { time: format.instant(skipped.skip.at, 'dateMinute'), user: skipped.skip.user })
    : null
  return (
    <p className={css.next}>
      {next ? (
        <>
          <span>{t('colorRuns.next', { name: next.name, time: format.instant(next.next, 'dateMinute') })}</span>{' '}
          <strong>{t('colorRuns.in', { time: format.duration(Math.max(0, next.next! - nowMicros()) / 1e6) })}</strong>
        </>
      ) : (
        <span>{t('colorRuns.noNext')}</span>
      )}
      {left ? <em>{left}</em> : null}
    </p>
  )
}
