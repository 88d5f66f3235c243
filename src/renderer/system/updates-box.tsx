import { useState } from 'react'
import { type ErrorCode, sentence } from '../../contract/errors.ts'
import type { UpdateState } from '../../contract/updates.ts'
import { useDesk, useStream } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { useText } from '../ui/text.ts'
import css from './updates-box.module.css'

/** Where an update stands, what is new in it, and the buttons that move it on. */
export function UpdatesBox() {
  const { t, language } = useText()
  const desk = useDesk()
  const [state, setState] = useState<UpdateState | null>(null)
  const [ordersWork, setOrdersWork] = useState(false)
  useStream('updates', (client, signal) => client.updates.watch(undefined, { signal }), setState)
  if (!state) return null
  const act = (call: () => Promise<unknown>) => () => void call().catch(notifyFault)
  const install = (despiteOrders: boolean) =>
    act(() =>
      desk.updates.install({ despiteOrders }).catch((fault: { code?: string }) => {
        if (fault.code === 'UPDATE_ORDERS_WORKING') setOrdersWork(true)
        throw fault
      }),
    )
  // Without a feed one may have been set meanwhile; without the rest no asking helps.
  const canAsk = state.phase !== 'off' || state.fault?.code === 'UPDATE_NO_FEED'
  const isBusy = state.phase === 'checking' || state.phase === 'loading'
  return (
    <div className={css.box} data-update={state.phase}>
      <p className={css.line} role="status">
        <strong>{t('update.title', { version: state.version })}</strong>{' '}
        {state.fault ? sentence(state.fault.code as ErrorCode, state.fault.data, language) : <Standing state={state} />}
      </p>
      {state.offered && state.offered.notes.trim() !== '' ? (
        <details>
          <summary>{t('update.news')}</summary>
          <pre className={css.notes}>{state.offered.notes}</pre>
        </details>
      ) : null}
      <div className={css.actions}>
        {canAsk ? (
          <button type="button" disabled={isBusy} onClick={act(() => desk.updates.check())}>
            {t('update.check')}
          </button>
        ) : null}
        {state.phase === 'offered' ? (
          <button type="button" onClick={act(() => desk.updates.load())}>
            {t('update.load')}
          </button>
        ) : null}
        {state.phase === 'ready' ? (
          <button type="button" onClick={install(ordersWork)}>
            {t(ordersWork ? 'update.despite' : 'update.install')}
          </button>
        ) : null}
      </div>
    </div>
  )
}

function Standing({ state: { phase, offered, progress } }: { state: UpdateState }) {
  const { t } = useText()
  const format = useFormat()
  const version = offered?.version ?? ''
  if (phase === 'checking') return t('update.checking')
  if (phase === 'none') return t('update.none')
  if (phase === 'loading') return t('update.loading', { version, percent: Math.round((progress ?? 0) * 100) })
  if (phase === 'ready') return t('update.ready', { version })
  if (phase !== 'offered' || !offered) return t('update.idle')
  const megabytes = format.whole(Math.max(1, Math.round(offered.bytes / 1e6)))
  return t('update.offered', { version, megabytes, date: format.instant(offered.date, 'date') })
}
