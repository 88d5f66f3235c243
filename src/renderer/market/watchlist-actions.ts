import { useMemo } from 'react'
import type { WatchlistWire } from '../../contract/workspace.ts'
import type { PanelProps } from '../panels.ts'
import type { GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import type { Grouping } from './watchlist-menu.tsx'
import { withMoved, withRestored } from './watchlist-text.ts'
import type { Watchlists } from './watchlists.ts'

/** What a watchlist panel remembers. */
export interface WatchlistParams {
  readonly list?: string
  readonly group?: Grouping
  readonly grid?: GridLayout
}

export interface ListPanelProps extends Pick<PanelProps<WatchlistParams>, 'params' | 'setParams' | 'subject' | 'setSubject'> {
  readonly list: WatchlistWire
  readonly watchlists: Watchlists
}

/** What can be done to a list, with an undo for whatever takes something away. */
export function useListActions({ list, watchlists, setParams }: ListPanelProps) {
  const { t } = useText()
  const { change, create, remove, lists } = watchlists
  const { id, name } = list
  return useMemo(() => {
    const setInstruments = (how: (instruments: readonly string[]) => string[]) =>
      void change(id, ({ name: kept, instruments }) => ({ name: kept, instruments: how(instruments) })).catch(notifyFault)
    return {
      add(ids: readonly string[]) {
        setInstruments(instruments => [...instruments, ...ids.filter(added => !instruments.includes(added))])
      },
      take(ids: readonly string[]) {
        if (ids.length === 0) return
        const removed = ids.map(taken => ({ id: taken, at: list.instruments.indexOf(taken) }))
        setInstruments(instruments => instruments.filter(kept => !ids.includes(kept)))
        notify({
          tone: 'info',
          text: t('watchlist.removed', { count: ids.length, name }),
          actions: [{ label: t('watchlist.undo'), run: () => setInstruments(instruments => withRestored(instruments, removed)) }],
        })
      },
      move: (ids: readonly string[], before: string | null) => setInstruments(instruments => withMoved(instruments, ids, before)),
      rename: (next: string) => void change(id, held => ({ ...held, name: next })).catch(notifyFault),
      makeNew(ids: readonly string[] = []) {
        const fresh = crypto.randomUUID()
        create(fresh, t('watchlist.newName', { number: (lists?.length ?? 0) + 1 }), ids).catch(notifyFault)
        setParams({ list: fresh })
      },
      delete() {
        remove(id).catch(notifyFault)
        notify({
          tone: 'info',
          text: t('watchlist.deleted', { name }),
          actions: [
            {
              label: t('watchlist.undo'),
              run: () => {
                create(id, name, list.instruments).catch(notifyFault)
                setParams({ list: id })
              },
            },
          ],
        })
      },
    }
  }, [change, create, remove, id, name, list.instruments, lists?.length, setParams, t])
}
