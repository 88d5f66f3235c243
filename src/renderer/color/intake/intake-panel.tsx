import { type ClipboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useFileDrop } from '../../imports/file-drop.ts'
import type { PanelProps } from '../../panels.ts'
import { useFormat } from '../../ui/format.ts'
import { notify } from '../../ui/notice-store.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { BufferTab } from './buffer-tab.tsx'
import { ChecksTab } from './checks-tab.tsx'
import { FoldersTab } from './folders-tab.tsx'
import css from './intake.module.css'
import { PreviewTab } from './preview-tab.tsx'
import { QuarantineTab } from './quarantine-tab.tsx'
import { type KeptReading, useIntake, useIntakeState, useMayIntake } from './use-intake.ts'

const TABS = ['preview', 'buffer', 'quarantine', 'folders', 'checks'] as const
type Tab = (typeof TABS)[number]

/** What an intake panel remembers. */
interface IntakeParams extends KeptReading {
  readonly tab?: Tab
}

/** Rows of dealers on their way into the buffer. */
export function Panel({ params, setParams, setTitle }: PanelProps<IntakeParams>) {
  const { t } = useText()
  const format = useFormat()
  const panel = useRef<HTMLDivElement>(null)
  const { state, stream, take } = useIntakeState()
  const mayWrite = useMayIntake()
  const [version, setVersion] = useState(0)
  const tab = params.tab ?? 'preview'
  const go = useCallback((next: Tab) => setParams({ tab: next }), [setParams])
  const keep = useCallback(
    ({ upload, sheet, mapping, dayOrder }: KeptReading) =>
      setParams({ upload: upload ?? null, sheet, mapping, dayOrder } as Partial<IntakeParams>),
    [setParams],
  )
  const flow = useIntake(params, keep, upload => {
    const show = { label: t('colorIntake.toBuffer'), run: () => go('buffer') }
    const count = upload.counts.accepted
    const text = t('colorIntake.kept', { file: upload.name, count, rows: format.whole(count) })
    notify({ tone: 'good', text, key: 'color-intake', actions: [show] })
    go(upload.counts.quarantined > 0 ? 'quarantine' : 'buffer')
  })
  const { send } = flow
  const onFile = useCallback(
    (file: File) => {
      go('preview')
      void send(file)
    },
    [go, send],
  )
  const isOver = useFileDrop(panel, onFile)
  useEffect(() => setTitle(t('panel.color-intake')), [setTitle, t])
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of the intake may change the tray
  useEffect(() => setVersion(before => before + 1), [state])
  const paste = (event: ClipboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || !mayWrite) return
    const file = event.clipboardData.files[0]
    const text = event.clipboardData.getData('text/plain')
    if (!file && text.trim() === '') return
    event.preventDefault()
    if (file) return onFile(file)
    go('preview')
    void flow.paste(text, t('colorIntake.pasted'))
  }
  return (
    <div ref={panel} className={css.panel} onPaste={paste} tabIndex={-1}>
      <Tabs
        tab={tab}
        onTab={go}
        pending={state?.uploads.filter(({ status }) => status === 'pending').length ?? 0}
        apart={state?.quarantine ?? 0}
      />
      <div className={css.body} role="tabpanel" aria-label={t(`colorIntake.tab.${tab}`)}>
        {!state ? (
          stream.error ? (
            <Failure error={stream.error} retry={stream.retry} />
          ) : (
            <Loading waitsFor={t('colorIntake.wait')} />
          )
        ) : tab === 'preview' ? (
          <PreviewTab {...{ flow, mayWrite }} onState={take} />
        ) : tab === 'buffer' ? (
          <BufferTab {...{ state, mayWrite }} onState={take} />
        ) : tab === 'quarantine' ? (
          <QuarantineTab {...{ version, mayWrite }} />
        ) : tab === 'folders' ? (
          <FoldersTab {...{ state, mayWrite }} onState={take} />
        ) : (
          <ChecksTab {...{ state, mayWrite }} onState={take} />
        )}
      </div>
      {isOver ? <div className={css.over}>{t('colorIntake.dropHere')}</div> : null}
    </div>
  )
}

function Tabs({ tab, onTab, pending, apart }: { tab: Tab; onTab(tab: Tab): void; pending: number; apart: number }) {
  const { t } = useText()
  const format = useFormat()
  const list = useRef<HTMLDivElement>(null)
  const press = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const next = (TABS.indexOf(tab) + by + TABS.length) % TABS.length
    onTab(TABS[next]!)
    ;(list.current?.children[next] as HTMLElement | undefined)?.focus()
  }
  const countOf = (name: Tab) => (name === 'buffer' ? pending : name === 'quarantine' ? apart : 0)
  return (
    <div ref={list} className={css.tabs} role="tablist" aria-label={t('colorIntake.tabs')} onKeyDown={press}>
      {TABS.map(name => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {t(`colorIntake.tab.${name}`)}
          {countOf(name) > 0 ? <b data-tone={name === 'quarantine' ? 'warn' : undefined}>{format.whole(countOf(name))}</b> : null}
        </button>
      ))}
    </div>
  )
}
