import { Button, Checkbox, Menu, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { BackupInfo } from '../../contract/backup.ts'
import type { Client } from '../../contract/index.ts'
import type { JobList } from '../../contract/schedule.ts'
import { useApp } from '../app-context.tsx'
import { openPanel } from '../commands.ts'
import { useConnection, useDesk, useHello, useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { IconButton } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import css from './backups-panel.module.css'

type List = Awaited<ReturnType<Client['backup']['list']>>

/** Days without anybody trying a backup after which the panel reminds. */
const DRILL_DAYS = 31

function useBackups() {
  const desk = useDesk()
  const { generation } = useConnection()
  const [list, setList] = useState<List | null>(null)
  const [error, setError] = useState<unknown>(null)
  const reload = useCallback(
    () =>
      desk.backup.list().then(found => {
        setList(found)
        setError(null)
      }, setError),
    [desk],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection asks again
  useEffect(() => void reload(), [reload, generation])
  return { list, error, reload }
}

/** What is to be restored: a backup of the list, or a file by its path. */
interface Wanted {
  readonly file: string
  readonly sealed: boolean
}

/** Backups of the workspace: made, tried again, restored at the next start. */
export function Panel(_: PanelProps<object>) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const { list, error, reload } = useBackups()
  const [isMaking, setMaking] = useState(false)
  const [passphrase, setPassphrase] = useState<string | null>(null)
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const make = async () => {
    setMaking(true)
    try {
      const { job } = await desk.backup.make({ passphrase })
      const { backup } = await desk.backup.result({ job })
      notify({ tone: 'good', text: t('backup.made', { size: format.bytes(backup.bytes) }) })
      setPassphrase(null)
    } catch (fault) {
      notifyFault(fault)
    } finally {
      setMaking(false)
      await reload()
    }
  }
  if (!list) return error ? <Failure error={error} retry={() => void reload()} /> : <Loading waitsFor={t('backup.wait')} />
  return (
    <div className={css.panel}>
      <div className={css.bar}>
        <Button size="compact-sm" disabled={isMaking || passphrase === ''} onClick={() => void make()}>
          {t(isMaking ? 'backup.making' : 'backup.now')}
        </Button>
        <Checkbox
          size="xs"
          label={t('backup.encrypt')}
          checked={passphrase !== null}
          onChange={event => setPassphrase(event.currentTarget.checked ? '' : null)}
        />
        {passphrase === null ? null : (
          <PasswordInput
            size="xs"
            className={css.passphrase ?? ''}
            aria-label={t('backup.passphrase')}
            placeholder={t('backup.passphrase')}
            title={t('backup.passphraseAbout')}
            value={passphrase}
            onChange={event => setPassphrase(event.currentTarget.value)}
          />
        )}
        <Button
          size="compact-sm"
          variant="default"
          className={css.other ?? ''}
          onClick={() => setWanted({ file: '', sealed: false })}
        >
          {t('backup.other')}
        </Button>
      </div>
      <Schedule />
      <Notes list={list} t={t} format={format} onUnstage={() => desk.backup.unstage().then(reload, notifyFault)} />
      {list.backups.length === 0 ? (
        <Empty title={t('backup.empty')} action={{ label: t('backup.now'), run: () => void make() }}>
          {t('backup.emptyAbout')}
        </Empty>
      ) : (
        <Table backups={list.backups} reload={reload} onRestore={setWanted} />
      )}
      {wanted ? <Restore wanted={wanted} onClose={() => setWanted(null)} onStaged={reload} /> : null}
    </div>
  )
}

/** When the next one is made by the clock, or the button that arranges it. */
function Schedule() {
  const desk = useDesk()
  const app = useApp()
  const { t } = useText()
  const format = useFormat()
  const [known, setKnown] = useState<JobList | null>(null)
  useStream('backup-schedule', (client, signal) => client.schedule.watch(undefined, { signal }), setKnown)
  const kind = known?.kinds.find(one => one.kind === 'backup')
  if (!known || !kind) return null
  const next = known.jobs
    .filter(job => job.kind === 'backup' && job.enabled)
    .map(job => job.next)
    .filter(at => at !== null)
    .sort((a, b) => a - b)[0]
  const arrange = () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const { schedule } = kind.usual
    const params = Object.fromEntries(kind.params.map(({ name, spec }) => [name, spec.usual]))
    const job = {
      ...kind.usual,
      schedule: schedule.kind === 'cron' ? { ...schedule, zone } : schedule,
      name: t('backup.jobName'),
      kind: 'backup',
      params,
      enabled: true,
    }
    desk.schedule.save({ id: null, revision: 0, job }).catch(notifyFault)
  }
  return (
    <p className={css.schedule}>
      {next === undefined ? t('backup.noSchedule') : t('backup.next', { time: format.instant(next, 'dateMinute') })}
      <button type="button" onClick={next === undefined ? arrange : () => openPanel(app, 'jobs')}>
        {t(next === undefined ? 'backup.arrange' : 'backup.jobs')}
      </button>
    </p>
  )
}

function Notes({ list, t, format, onUnstage }: { list: List; t: Translate; format: Format; onUnstage(): void }) {
  const workspace = useHello()?.workspace
  const { staged, backups, drillDays, folder, keep } = list
  const isInside = workspace !== undefined && folder.startsWith(workspace)
  const isDue = backups.length > 0 && (drillDays === null || drillDays >= DRILL_DAYS)
  return (
    <div className={css.notes}>
      {staged ? (
        <p className={css.staged} role="status">
          <Icon name="undo" size={12} />
          {t('backup.staged', { file: staged.file, time: format.instant(staged.madeAt, 'dateMinute') })}
          <button type="button" onClick={onUnstage}>
            {t('backup.unstage')}
          </button>
        </p>
      ) : null}
      <p>
        {t('backup.folder', { folder, keep })} {isInside ? t('backup.inside') : ''}
      </p>
      {isDue ? (
        <p className={css.due}>
          <Icon name="warning" size={12} />
          {drillDays === null ? t('backup.drillNever') : t('backup.drill', { days: drillDays })}
        </p>
      ) : null}
    </div>
  )
}

function Table({
  backups,
  reload,
  onRestore,
}: {
  backups: readonly BackupInfo[]
  reload(): Promise<void>
  onRestore(wanted: Wanted): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('backup.time')}</th>
            <th scope="col" className={css.number}>
              {t('backup.size')}
            </th>
            <th scope="col">{t('backup.why')}</th>
            <th scope="col">{t('backup.checked')}</th>
            <th scope="col">{t('backup.file')}</th>
            <th scope="col" aria-label={t('backup.other')} />
          </tr>
        </thead>
        <tbody>
          {backups.map(one => (
            <tr key={one.id} data-bad={one.problem !== null || !one.isThere || undefined}>
              <td>{format.instant(one.madeAt, 'dateSecond')}</td>
              <td className={css.number} title={t('backup.files', { count: one.files })}>
                {format.bytes(one.bytes)}
              </td>
              <td>{t(`backup.why.${one.why}`)}</td>
              <td>
                {one.isThere ? (one.problem ?? format.instant(one.checkedAt, 'dateMinute')) : t('backup.gone')}
                {one.sealed ? <em className={css.sealed}>{t('backup.sealed')}</em> : null}
              </td>
              <td className={css.path} title={one.file}>
                {one.file.split(/[\\/]/).at(-1)}
              </td>
              <td>
                <Actions one={one} reload={reload} onRestore={onRestore} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Actions({ one, reload, onRestore }: { one: BackupInfo; reload(): Promise<void>; onRestore(wanted: Wanted): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const time = format.instant(one.madeAt, 'dateMinute')
  const check = () =>
    desk.backup
      .check({ id: one.id })
      .then(() => notify({ tone: 'good', text: t('backup.good', { time }) }), notifyFault)
      .finally(reload)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <span>
          <IconButton icon="more" label={t('backup.actions', { time })} disabled={!one.isThere} onClick={() => {}} />
        </span>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={one.sealed} onClick={() => void check()}>
          {t('backup.check')}
        </Menu.Item>
        <Menu.Item onClick={() => onRestore({ file: one.file, sealed: one.sealed })}>{t('backup.stage')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Restore({ wanted, onClose, onStaged }: { wanted: Wanted; onClose(): void; onStaged(): Promise<void> }) {
  const { t } = useText()
  const desk = useDesk()
  const [file, setFile] = useState(wanted.file)
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const isOwn = wanted.file !== ''
  const go = async () => {
    setBusy(true)
    try {
      await desk.backup.stage({ file, passphrase: passphrase || null })
      onClose()
    } catch (fault) {
      notifyFault(fault)
    } finally {
      setBusy(false)
      await onStaged()
    }
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={isOwn ? t('backup.stageTitle', { file: wanted.file.split(/[\\/]/).at(-1) ?? '' }) : t('backup.other')}
      closeButtonProps={{ 'aria-label': t('panel.close') }}
    >
      <form
        className={css.form}
        onSubmit={event => {
          event.preventDefault()
          void go()
        }}
      >
        <p>{t('backup.stageAbout')}</p>
        {isOwn ? null : (
          <TextInput label={t('backup.otherPath')} value={file} onChange={event => setFile(event.currentTarget.value)} />
        )}
        {isOwn && !wanted.sealed ? null : (
          <PasswordInput
            label={t('backup.passphrase')}
            value={passphrase}
            onChange={event => setPassphrase(event.currentTarget.value)}
          />
        )}
        <div className={css.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('backup.cancel')}
          </Button>
          <Button type="submit" disabled={isBusy || file === ''} loading={isBusy}>
            {t('backup.stageGo')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
