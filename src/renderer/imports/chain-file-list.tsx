import { useMemo, useState } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import { useDesk, useStream } from '../desk.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Grid, type GridAction, type GridColumn, type GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { type Translate, useText } from '../ui/text.ts'
import css from './imports.module.css'

/** Moments of a chain are written by the clock of its exchange. */
const EXCHANGE_ZONE = 'America/New_York'

/** Chains that were read from files, as the host lists them. */
export function useChainFiles(): readonly UnderlyingState[] {
  const [chains, setChains] = useState<readonly UnderlyingState[]>([])
  useStream(
    'chain-files',
    (client, signal) => client.options.underlyings(undefined, { signal }),
    ({ underlyings }) => setChains(underlyings.filter(({ key }) => key.startsWith('file:'))),
  )
  return chains
}

/** Name of a chain of a file, as its key has it. */
export function fileChainName(key: string): string {
  return key.replace(/^file:/, '')
}

/** The chains that were read from files: opened, removed and brought back. Nothing where there are none. */
export function ChainFileList({ chains, onOpen }: { chains: readonly UnderlyingState[]; onOpen(underlying: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [layout, setLayout] = useState<GridLayout>({})
  const byKey = useMemo(() => new Map(chains.map(chain => [chain.key, chain])), [chains])
  const columns = useMemo(() => columnsOf(key => byKey.get(key), t, format), [byKey, t, format])
  const rows = useMemo(() => chains.map(({ key }) => key), [chains])
  if (chains.length === 0) return null

  const remove = async (keys: readonly string[]) => {
    for (const underlying of keys) {
      try {
        await desk.options.files.remove({ underlying })
        const restore = () => desk.options.files.restore({ underlying }).catch(notifyFault)
        notify({
          tone: 'info',
          text: t('chainFile.removed', { name: fileChainName(underlying) }),
          actions: [{ label: t('import.series.undo'), run: () => void restore() }],
        })
      } catch (fault) {
        notifyFault(fault)
      }
    }
  }
  const actions = (keys: readonly string[]): GridAction[] => [
    { label: t('chainFile.open'), keys: 'Enter', section: 'open', isOff: keys.length !== 1, run: () => onOpen(keys[0]!) },
    { label: t('import.series.remove'), keys: 'Del', section: 'remove', run: () => void remove(keys) },
  ]
  return (
    <section className={css.chains} aria-label={t('chainFile.list')}>
      <h3>{t('chainFile.list')}</h3>
      <div>
        <Grid
          label={t('chainFile.list')}
          rows={rows}
          columns={columns}
          layout={layout}
          onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
          onOpen={onOpen}
          onRemove={keys => void remove(keys)}
          actions={actions}
        />
      </div>
    </section>
  )
}

function columnsOf(find: (key: string) => UnderlyingState | undefined, t: Translate, format: Format): GridColumn[] {
  const words = (key: string, title: string, width: number, of: (one: UnderlyingState) => string): GridColumn => ({
    ...{ key, title, width, align: 'start', usual: true },
    cell: row => ({ text: find(row) ? of(find(row)!) : '', tone: key === 'name' ? 'strong' : 'quiet' }),
    sort: row => (find(row) ? of(find(row)!) : ''),
  })
  const number = (key: string, title: string, of: (one: UnderlyingState) => number): GridColumn => ({
    ...{ key, title, width: 90, align: 'end', usual: true },
    cell: row => ({ text: format.whole(find(row) ? of(find(row)!) : null) }),
    sort: row => (find(row) ? of(find(row)!) : Number.NaN),
  })
  return [
    { ...words('name', t('chainFile.name'), 190, ({ key }) => fileChainName(key)), pinned: true },
    words('symbol', t('chainFile.underlying'), 100, ({ symbol }) => symbol),
    number('contracts', t('chainFile.contracts'), ({ contracts }) => contracts),
    number('expiries', t('chainFile.expiries'), ({ expiries }) => expiries),
    {
      ...words('asOf', t('chainFile.asOf'), 140, ({ asOf }) => format.instant(asOf, 'dateMinute', EXCHANGE_ZONE)),
      sort: row => find(row)?.asOf ?? Number.NaN,
    },
    words('file', t('chainFile.file'), 200, ({ source }) => source),
  ]
}
