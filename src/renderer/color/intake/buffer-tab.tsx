import { useEffect, useMemo, useState } from 'react'
import type { IntakeState, UploadWire } from '../../../contract/color-intake.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { familyOf } from '../../../core/rules/operators.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridColumn, type GridLayout } from '../../ui/grid.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './intake.module.css'
import { statusWords } from './preview-tab.tsx'

/** What waits, and what became of what came before. */
export function BufferTab({
  state,
  mayWrite,
  onState,
}: {
  state: IntakeState
  mayWrite: boolean
  onState(state: IntakeState): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [layout, setLayout] = useState<GridLayout>({})
  const [shown, setShown] = useState<UploadWire | null>(null)
  const byId = useMemo(() => new Map(state.uploads.map(upload => [upload.id, upload])), [state.uploads])
  const pending = useMemo(() => state.uploads.filter(({ status }) => status === 'pending').map(({ id }) => id), [state.uploads])
  const past = useMemo(() => state.uploads.filter(({ status }) => status !== 'pending').map(({ id }) => id), [state.uploads])
  const columns = useUploadColumns(byId)
  const restore = async (uploads: readonly string[]) => {
    try {
      onState(await desk.color.intake.restore({ uploads: [...uploads] }))
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const remove = async (uploads: readonly string[]) => {
    try {
      onState(await desk.color.intake.remove({ uploads: [...uploads] }))
      const undo = { label: t('colorIntake.undo'), run: () => void restore(uploads) }
      notify({ tone: 'good', text: t('colorIntake.removed', { count: uploads.length }), key: 'color-intake', actions: [undo] })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const change = (patch: GridLayout) => setLayout(before => ({ ...before, ...patch }))
  const open = (row: string) => {
    const upload = byId.get(row)
    if (upload && upload.status !== 'failed') setShown(upload)
  }
  const statusOf = (keys: readonly string[], wanted: UploadWire['status']) => keys.filter(key => byId.get(key)?.status === wanted)
  return (
    <div className={css.stack}>
      <div className={css.half}>
        <header className={css.sub}>
          <h4>{t('colorIntake.pending')}</h4>
          <span className={css.space} />
          {mayWrite && pending.length > 0 ? (
            <button type="button" className={css.link} onClick={() => void remove(pending)}>
              {t('colorIntake.clear')}
            </button>
          ) : null}
        </header>
        {pending.length === 0 ? (
          <p className={css.note}>{t('colorIntake.bufferEmpty')}</p>
        ) : (
          <div className={css.gridPlace}>
            <Grid
              label={t('colorIntake.pending')}
              {...{ columns, layout }}
              rows={pending}
              onLayout={change}
              onOpen={open}
              {...(mayWrite ? { onRemove: (rows: readonly string[]) => void remove(rows) } : {})}
              actions={keys => [
                { label: t('colorIntake.showRows'), keys: 'Enter', section: 'color', run: () => keys[0] && open(keys[0]) },
                ...(mayWrite
                  ? [{ label: t('colorIntake.remove'), keys: 'Del', section: 'color', run: () => void remove(keys) }]
                  : []),
              ]}
            />
          </div>
        )}
      </div>
      {shown ? (
        <UploadRows upload={shown} onClose={() => setShown(null)} />
      ) : (
        <div className={css.half}>
          <header className={css.sub}>
            <h4>{t('colorIntake.history')}</h4>
          </header>
          {past.length === 0 ? (
            <p className={css.note}>{t('colorIntake.historyEmpty')}</p>
          ) : (
            <div className={css.gridPlace}>
              <Grid
                label={t('colorIntake.history')}
                {...{ columns, layout }}
                rows={past}
                onLayout={change}
                onOpen={open}
                actions={keys => [
                  { label: t('colorIntake.showRows'), keys: 'Enter', section: 'color', run: () => keys[0] && open(keys[0]) },
                  {
                    label: t('colorIntake.restore'),
                    section: 'color',
                    isOff: !mayWrite || statusOf(keys, 'removed').length === 0,
                    run: () => void restore(statusOf(keys, 'removed')),
                  },
                ]}
              />
            </div>
          )}
        </div>
      )}
    </div>
  )
}

function useUploadColumns(byId: ReadonlyMap<string, UploadWire>): readonly GridColumn[] {
  const { t } = useText()
  const format = useFormat()
  return useMemo(() => {
    const of = (row: string) => byId.get(row)
    const count = (key: string, title: string, read: (upload: UploadWire) => number): GridColumn => ({
      ...{ key, title, width: 84, align: 'end', usual: true },
      cell: row => {
        const value = of(row) ? read(of(row)!) : 0
        return value === 0 ? { text: '0', tone: 'dim' } : { text: format.whole(value) }
      },
      sort: row => (of(row) ? read(of(row)!) : Number.NaN),
    })
    const text = (key: string, title: string, width: number, read: (upload: UploadWire) => string): GridColumn => ({
      ...{ key, title, width, align: 'start', usual: true },
      cell: row => ({ text: of(row) ? read(of(row)!) : '' }),
      sort: row => (of(row) ? read(of(row)!) : ''),
    })
    const columns: GridColumn[] = [
      text('name', t('colorIntake.col.name'), 230, ({ name, releasedFrom }) =>
        releasedFrom ? `${name} · ${t('colorIntake.releasedFrom')}` : name,
      ),
      text('from', t('colorIntake.col.from'), 70, ({ from }) => t(`colorIntake.from.${from}`)),
      {
        ...{ key: 'at', title: t('colorIntake.col.at'), width: 132, align: 'start', usual: true },
        cell: row => ({ text: format.instant(of(row)?.at ?? null, 'dateMinute') }),
        sort: row => of(row)?.at ?? Number.NaN,
      },
      text('user', t('colorIntake.col.user'), 74, ({ user }) => user),
      count('rows', t('colorIntake.col.rows'), ({ counts }) => counts.accepted),
      count('apart', t('colorIntake.col.apart'), ({ counts }) => counts.quarantined),
      {
        ...count('open', t('colorIntake.col.open'), ({ open }) => open),
        cell: row => {
          const open = of(row)?.open ?? 0
          return open === 0 ? { text: '0', tone: 'dim' } : { text: format.whole(open), tone: 'warn' }
        },
      },
      count('repeats', t('colorIntake.col.repeats'), ({ counts }) => counts.repeats),
      {
        ...{ key: 'score', title: t('colorIntake.col.score'), width: 76, align: 'end', usual: true },
        cell: row => ({ text: format.number(of(row)?.score ?? null, 1) }),
        sort: row => of(row)?.score ?? Number.NaN,
      },
      {
        ...{ key: 'status', title: t('colorIntake.col.status'), width: 320, align: 'start', usual: true },
        cell: row => {
          const upload = of(row)
          if (!upload) return { text: '' }
          const tone = upload.status === 'failed' ? 'bad' : upload.status === 'removed' ? 'dim' : 'plain'
          return { text: statusWords(t, upload), tone }
        },
        sort: row => of(row)?.status ?? '',
      },
    ]
    return columns
  }, [byId, format, t])
}

type Rows = {
  readonly total: number
  readonly rows: readonly { rowId: string; row: number; cells: Record<string, string | null> }[]
}
const SHOWN_ROWS = 2000

/** The rows of an upload, as they would be published. */
function UploadRows({ upload, onClose }: { upload: UploadWire; onClose(): void }) {
  const { t } = useText()
  const desk = useDesk()
  const format = useFormat()
  const [layout, setLayout] = useState<GridLayout>({})
  const [found, setFound] = useState<Rows | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    let isOver = false
    desk.color.intake.rows({ upload: upload.id, limit: SHOWN_ROWS }).then(
      rows => !isOver && setFound(rows),
      fault => !isOver && setError(fault),
    )
    return () => {
      isOver = true
    }
  }, [desk, upload.id])
  const columns = useMemo(() => rowColumns(found), [found])
  const rows = useMemo(() => found?.rows.map((_, k) => `${k}`) ?? [], [found])
  return (
    <div className={css.half}>
      <header className={css.sub}>
        <h4>{t('colorIntake.rowsOf', { name: upload.name })}</h4>
        {found ? (
          <span className={css.quiet}>
            {t('colorIntake.rowsShown', { shown: format.whole(found.rows.length), total: format.whole(found.total) })}
          </span>
        ) : null}
        <span className={css.space} />
        <button type="button" className={css.link} onClick={onClose}>
          {t('colorIntake.close')}
        </button>
      </header>
      {error ? <Failure error={error} /> : null}
      {!error && !found ? <Loading waitsFor={t('colorIntake.rowsOf', { name: upload.name })} /> : null}
      {found?.total === 0 ? <Empty title={t('colorIntake.quarantineNone')} /> : null}
      {found && found.total > 0 ? (
        <div className={css.gridPlace}>
          <Grid
            label={t('colorIntake.rowsOf', { name: upload.name })}
            {...{ rows, columns, layout }}
            onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
          />
        </div>
      ) : null}
    </div>
  )
}

function rowColumns(found: Rows | null): readonly GridColumn[] {
  return COLOR_COLUMNS.map(({ name, type }): GridColumn => {
    const isNumber = familyOf(type) === 'order' && type !== 'date'
    const value = (row: string) => found?.rows[Number(row)]?.cells[name] ?? null
    return {
      ...{ key: name, title: name, usual: true, align: isNumber ? 'end' : 'start' },
      width: name === 'MESSAGE_ID' || name === 'TICKER' || name === 'SOURCE' ? 150 : type === 'text' ? 120 : 92,
      cell: row => {
        const text = value(row)
        return text === null ? { text: '—', tone: 'dim' } : { text }
      },
      sort: row => (isNumber ? (value(row) === null ? Number.NaN : Number(value(row))) : (value(row) ?? '')),
    }
  })
}
