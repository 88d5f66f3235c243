import { Menu } from '@mantine/core'
import { useState } from 'react'
import type { ChainSnapshot } from '../../contract/options.ts'
import { useDesk } from '../desk.tsx'
import { tell } from '../ui/fault.ts'
import { useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { isFileChain } from './chain-model.ts'

const SHOWN = 200

/** Picks a kept moment of a chain, or keeps the one of now. */
export function MomentPicker({
  underlying,
  symbol,
  asOf = null,
  at,
  onPick,
}: {
  underlying: string
  symbol: string
  /** Instant of a chain of a file, which has no other. */
  asOf?: number | null
  at: string | null
  onPick(id: string | null): void
}) {
  const { t, language } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [kept, setKept] = useState<readonly ChainSnapshot[] | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const read = () => {
    setFault(null)
    desk.options.snapshots({ underlying, limit: SHOWN }).then(({ snapshots }) => setKept(snapshots), setFault)
  }
  const keep = () =>
    void desk.options
      .keep({ underlying })
      .then(({ snapshot }) =>
        notify({ tone: 'good', text: t('chain.kept', { symbol, time: format.instant(snapshot.at, 'second') }), key: 'kept' }),
      )
      .catch(notifyFault)
  // A file is one moment, and stays what it was.
  if (isFileChain(underlying))
    return <span className={css.fileTime}>{t('chain.asOf', { time: format.instant(asOf, 'dateSecond') })}</span>
  return (
    <Menu position="bottom-start" onOpen={read}>
      <Menu.Target>
        <button type="button" className={css.button} title={t('chain.momentsHint')}>
          <i className={css.dot} data-live={at === null} aria-hidden="true" />
          {at === null ? t('chain.now') : t('chain.keptMoment')}
          <Icon name="down" size={11} />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        <Menu.Item disabled={at === null} onClick={() => onPick(null)}>
          {t('chain.backToLive')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="plus" size={12} />} onClick={keep}>
          {t('chain.keepNow')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('chain.moments')}</Menu.Label>
        {fault ? <div className={css.menuWords}>{tell(fault, language).sentence}</div> : null}
        {!fault && kept === null ? <div className={css.menuWords}>{t('state.loading')}</div> : null}
        {kept?.length === 0 ? <div className={css.menuWords}>{t('chain.noMoments')}</div> : null}
        {kept?.map(moment => (
          <Menu.RadioItem
            key={moment.id}
            value={moment.id}
            checked={moment.id === at}
            closeMenuOnClick
            checkIcon={<Icon name="check" size={12} />}
            rightSection={<span className={css.note}>{t(`chain.why.kept.${moment.why}`)}</span>}
            onChange={() => onPick(moment.id)}
          >
            <span className={css.moment}>
              {format.instant(moment.at, 'dateSecond')}
              <span className={css.note}>{format.number(moment.spot, 2)}</span>
            </span>
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Says that an old moment is on screen, and leads back. */
export function MomentBanner({ snapshot, onBack }: { snapshot: ChainSnapshot; onBack(): void }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.banner} role="status">
      <span>
        {t('chain.asOf', { time: format.instant(snapshot.at, 'dateSecond') })} · {t(`chain.why.kept.${snapshot.why}`)}
      </span>
      <button type="button" className={css.back} onClick={onBack}>
        {t('chain.backToLive')}
      </button>
    </div>
  )
}
