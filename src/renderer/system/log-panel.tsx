import { SegmentedControl } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LogEntry } from '../../contract/system.ts'
import { useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { HeaderActions, IconButton, SearchField } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { fieldsText, keepNewest, LEVELS, type Level, matchesLog } from './log-lines.ts'
import css from './log-panel.module.css'

/** What the host wrote to its log: filtered, held still, copied. */
export function Panel({ params, setParams, actions }: PanelProps<{ level?: Level }>) {
  const { t } = useText()
  const level = params.level ?? 'info'
  const [entries, setEntries] = useState<readonly LogEntry[] | null>(null)
  const [held, setHeld] = useState<readonly LogEntry[] | null>(null)
  const [text, setText] = useState('')
  const [isFollowing, setFollowing] = useState(true)
  const stream = useStream(
    'log',
    (desk, signal) => desk.system.log({ backfill: 1000 }, { signal }),
    value => setEntries(before => keepNewest(before ?? [], value.entries)),
  )
  const source = held ?? entries
  const shown = useMemo(() => (source ?? []).filter(entry => matchesLog(entry, level, text)), [source, level, text])
  const copy = () =>
    void navigator.clipboard.writeText(
      shown
        .map(entry => `${new Date(entry.at / 1000).toISOString()} ${entry.level} ${entry.event} ${fieldsText(entry)}`)
        .join('\n'),
    )
  return (
    <div className={css.panel}>
      <HeaderActions into={actions}>
        <IconButton
          icon={held ? 'play' : 'pause'}
          label={held ? t('log.resume') : t('log.pause')}
          pressed={held !== null}
          onClick={() => setHeld(held ? null : (entries ?? []))}
        />
        <IconButton icon="down" label={t('log.follow')} pressed={isFollowing} onClick={() => setFollowing(!isFollowing)} />
        <IconButton icon="copy" label={t('log.copy')} onClick={copy} disabled={shown.length === 0} />
      </HeaderActions>
      <div className={css.tools}>
        <SegmentedControl
          aria-label={t('log.level')}
          value={level}
          data={LEVELS.map(value => ({ value, label: t(`log.level.${value}`) }))}
          onChange={value => setParams({ level: value as Level })}
        />
        <SearchField label={t('log.filter')} value={text} onChange={setText} />
        <span className={css.count} role="status">
          {held ? t('log.held') : t('log.count', { count: shown.length })}
        </span>
      </div>
      {stream.phase === 'failed' || (stream.error && entries === null) ? (
        <Failure error={stream.error} retry={stream.retry} />
      ) : entries === null ? (
        <Loading waitsFor={t('log.wait')} />
      ) : shown.length === 0 ? (
        <Empty title={entries.length === 0 ? t('log.empty') : t('log.nothing')} />
      ) : (
        <Lines entries={shown} isFollowing={isFollowing && !held} onLeaveEnd={() => setFollowing(false)} />
      )}
    </div>
  )
}

function Lines({ entries, isFollowing, onLeaveEnd }: { entries: readonly LogEntry[]; isFollowing: boolean; onLeaveEnd(): void }) {
  const format = useFormat()
  const { t } = useText()
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 22,
    overscan: 20,
  })
  const last = entries.at(-1)?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last entry is what moves the view
  useEffect(() => {
    if (isFollowing && entries.length > 0) virtual.scrollToIndex(entries.length - 1, { align: 'end' })
  }, [last, isFollowing])
  return (
    <section
      ref={scroll}
      className={css.scroll}
      aria-label={t('panel.log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      onWheel={event => event.deltaY < 0 && onLeaveEnd()}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(item => {
          const entry = entries[item.index]
          if (!entry) return null
          const fields = fieldsText(entry)
          return (
            <div
              key={entry.seq}
              className={css.line}
              data-level={entry.level}
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              title={`${format.instant(entry.at, 'dateSecond')}\n${entry.event}\n${fields}`}
            >
              <time>{format.instant(entry.at, 'milli')}</time>
              <span className={css.level}>{t(`log.level.${entry.level}`)}</span>
              <span className={css.event}>{entry.event}</span>
              <span className={css.fields}>{fields}</span>
            </div>
          )
        })}
      </div>
    </section>
  )
}
