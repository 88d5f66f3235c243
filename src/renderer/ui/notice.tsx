import { ActionIcon, Popover, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useApp, useView } from '../app-context.tsx'
import { useFormat } from './format.ts'
import { Icon } from './icons.tsx'
import css from './notice.module.css'
import { clearNotices, hideNotice, markNoticesRead, type Notice, useNotices } from './notice-store.ts'
import { useText } from './text.ts'

/** The newest notices at the lower right; read out by a screen reader, and never in the way of the work. */
export function NoticeStack() {
  const { t } = useText()
  const shown = useNotices().filter(notice => notice.isShown)
  return (
    <section className={css.stack} aria-label={t('notice.area')} aria-live="polite">
      {shown.slice(0, 4).map(notice => (
        <Card key={notice.id} notice={notice} />
      ))}
    </section>
  )
}

function Card({ notice, isInList = false }: { notice: Notice; isInList?: boolean }) {
  const { t } = useText()
  const format = useFormat()
  const act = (run: () => void) => {
    hideNotice(notice.id)
    run()
  }
  return (
    <div className={css.card} data-tone={notice.tone} data-in-list={isInList}>
      <span className={css.sign}>
        <Icon name={notice.tone === 'good' ? 'check' : notice.tone === 'info' ? 'bell' : 'warning'} />
      </span>
      <div className={css.body}>
        <div>{notice.text}</div>
        <div className={css.foot}>
          {isInList ? <time>{format.instant(notice.at, 'second')}</time> : null}
          {notice.actions.map(({ label, run }) => (
            <UnstyledButton key={label} className={css.action} onClick={() => act(run)}>
              {label}
            </UnstyledButton>
          ))}
          {notice.details ? (
            <UnstyledButton
              className={css.action}
              onClick={() => void navigator.clipboard.writeText(`${notice.text}\n${notice.details}`)}
            >
              {t('state.copyDetails')}
            </UnstyledButton>
          ) : null}
        </div>
      </div>
      {isInList ? null : (
        <ActionIcon aria-label={t('notice.dismiss')} onClick={() => hideNotice(notice.id)}>
          <Icon name="close" size={12} />
        </ActionIcon>
      )}
    </div>
  )
}

/** The bell of the top bar, with what was said earlier; `children` stand above it, and `unread` of them are new. */
export function NoticeInbox({ unread: others = 0, children }: { unread?: number; children?: ReactNode }) {
  const { t } = useText()
  const { view } = useApp()
  const isOpen = useView(state => state.sheet === 'inbox')
  const notices = useNotices()
  const unread = others + notices.filter(notice => !notice.isRead).length
  const change = (opened: boolean) => {
    view.setState({ sheet: opened ? 'inbox' : 'none' })
    if (!opened) markNoticesRead()
  }
  return (
    <Popover opened={isOpen} onChange={change} position="bottom-end" trapFocus width={380}>
      <Popover.Target>
        <ActionIcon
          className={css.bell ?? ''}
          aria-label={t('inbox.open', { count: unread })}
          title={t('inbox.title')}
          onClick={() => change(!isOpen)}
        >
          <Icon name="bell" size={15} />
          {unread > 0 ? <span className={css.count}>{unread > 9 ? '9+' : unread}</span> : null}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={css.inbox ?? ''}>
        {children}
        <div className={css.head}>
          <strong>{t('inbox.title')}</strong>
          {notices.length > 0 ? (
            <UnstyledButton className={css.action} onClick={clearNotices}>
              {t('inbox.clear')}
            </UnstyledButton>
          ) : null}
        </div>
        {notices.length === 0 ? <p className={css.none}>{t('inbox.empty')}</p> : null}
        {notices.map(notice => (
          <Card key={notice.id} notice={notice} isInList />
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}
