import { useEffect, useRef, useState } from 'react'
import { COLOR_MODULES } from '../../../contract/color-log.ts'
import { useDesk } from '../../desk.tsx'
import { Choice } from '../../options/choice.tsx'
import type { PanelProps } from '../../panels.ts'
import { SearchField } from '../../ui/form.tsx'
import { isTyping } from '../../ui/keys.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './log.module.css'
import { LogLines } from './log-line.tsx'
import { isWork, LogSide } from './log-side.tsx'
import { type LogGroup, type LogModule, type LogQuestion, useLog, useLook, useNewest } from './use-log.ts'

const VIEWS = ['recent', 'all'] as const
const MODULES: readonly LogModule[] = [...COLOR_MODULES, 'runs', 'sessions', 'uploads']
const REST_MS = 150

/** What a panel of the log remembers. */
export interface LogParams {
  readonly view?: (typeof VIEWS)[number]
  readonly module?: LogModule | null
  readonly text?: string
  /** Change whose side is open. */
  readonly entry?: number | null
}

/** Every change of the color desk with who made it, and the way back. */
export function Panel({ params, setParams, setTitle }: PanelProps<LogParams>) {
  const { t } = useText()
  useEffect(() => setTitle(t('panel.color-log')), [setTitle, t])
  const newest = useNewest()
  const question = useQuestion(params)
  const { known, error, retry, older } = useLog(question, newest)
  const entry = params.entry ?? null
  const line = known?.groups.flatMap(({ entries }) => entries).find(one => one.entry === entry) ?? null
  const isDone = line !== null && isWork(line)
  const { look, error: lookError, retry: lookAgain } = useLook(isDone ? null : entry, newest)
  const body = useRef<HTMLDivElement>(null)
  const panel = useRef<HTMLElement>(null)
  const revert = useRevert(entry, next => {
    setParams({ entry: next })
    // The button that had the focus is gone; the keys go on working.
    panel.current?.focus()
  })
  const close = () => {
    revert.keep()
    setParams({ entry: null })
    body.current?.querySelector<HTMLElement>(`[data-entry="${entry}"]`)?.focus()
  }
  const press = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && entry !== null && !event.defaultPrevented) {
      event.preventDefault()
      if (revert.isAsking) revert.keep()
      else close()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || event.key.toLowerCase() !== 'r') return
    if (!look?.entry.canRevert) return
    event.preventDefault()
    revert.ask(look.conflict)
  }
  if (error && !known) return <Failure error={error} retry={retry} />
  return (
    <section ref={panel} tabIndex={-1} className={css.panel} aria-label={t('panel.color-log')} onKeyDown={press}>
      <Tools params={params} setParams={setParams} />
      {known ? (
        <div ref={body} className={css.body} data-side={entry !== null || undefined}>
          <div className={css.main} data-lines>
            <Groups
              groups={known.groups}
              params={params}
              onChoose={next => {
                revert.keep()
                setParams({ entry: next })
              }}
              onModule={module => setParams({ view: 'all', module })}
              onClear={() => setParams({ module: null, text: '' })}
            />
            {known.hasMore ? (
              <button type="button" className={css.older} onClick={older}>
                {t('colorLog.older')}
              </button>
            ) : null}
          </div>
          {entry === null ? null : (
            <LogSide
              entry={line}
              look={look}
              error={lookError}
              retry={lookAgain}
              isAsking={revert.isAsking}
              isBusy={revert.isBusy}
              onRevert={anyway => (anyway ? revert.run(true) : revert.ask(look?.conflict ?? false))}
              onKeep={revert.keep}
              onOpen={next => setParams({ entry: next })}
              onClose={close}
            />
          )}
        </div>
      ) : (
        <Loading waitsFor={t('colorLog.wait')} />
      )}
    </section>
  )
}

/** The question once typing rests. */
function useQuestion({ view = 'recent', module = null, text = '' }: LogParams): LogQuestion {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  const isNarrow = module !== null || rested !== ''
  return { view: isNarrow ? 'all' : view, module, text: rested }
}

/** Takes the open change back; a conflict is asked about first, found out before or by the host. */
function useRevert(entry: number | null, onDone: (entry: number) => void) {
  const desk = useDesk()
  const { t } = useText()
  const [asking, setAsking] = useState<number | null>(null)
  const [isBusy, setBusy] = useState(false)
  const run = (anyway: boolean) => {
    if (entry === null || isBusy) return
    setBusy(true)
    desk.color.log
      .revert({ entry, anyway })
      .then(
        done => {
          setAsking(null)
          notify({ tone: 'good', text: t('colorLog.reverted', { entry, by: done.entry }) })
          onDone(done.entry)
        },
        fault => {
          if ((fault as { code?: unknown } | null)?.code === 'REVERT_CONFLICT') setAsking(entry)
          else notifyFault(fault)
        },
      )
      .finally(() => setBusy(false))
  }
  return {
    run,
    isBusy,
    isAsking: asking !== null && asking === entry,
    ask: (isConflict: boolean) => (isConflict ? setAsking(entry) : run(false)),
    keep: () => setAsking(null),
  }
}

function Tools({ params, setParams }: { params: LogParams; setParams(patch: Partial<LogParams>): void }) {
  const { t } = useText()
  const isNarrow = Boolean(params.module) || Boolean(params.text)
  return (
    <div className={css.tools}>
      <Choice
        label={t('colorLog.view')}
        value={isNarrow ? 'all' : (params.view ?? 'recent')}
        options={VIEWS.map(value => ({ value, label: t(`colorLog.view.${value}`) }))}
        onChange={view => setParams(view === 'recent' ? { view, module: null, text: '' } : { view })}
      />
      <select
        aria-label={t('colorLog.module')}
        value={params.module ?? ''}
        onChange={event => setParams({ module: MODULES.find(known => known === event.currentTarget.value) ?? null })}
      >
        <option value="">{t('colorLog.allModules')}</option>
        {MODULES.map(module => (
          <option key={module} value={module}>
            {t(`colorLog.module.${module}`)}
          </option>
        ))}
      </select>
      <SearchField label={t('colorLog.find')} value={params.text ?? ''} width={220} onChange={text => setParams({ text })} />
      <span className={css.keys}>{t('colorLog.keys')}</span>
    </div>
  )
}

function Groups({
  groups,
  params,
  onChoose,
  onModule,
  onClear,
}: {
  groups: readonly LogGroup[]
  params: LogParams
  onChoose(entry: number): void
  onModule(module: LogModule): void
  onClear(): void
}) {
  const { t } = useText()
  const chosen = params.entry ?? null
  const filled = groups.filter(({ entries }) => entries.length > 0)
  if (filled.length === 0)
    return params.module || params.text ? (
      <Empty title={t('colorLog.noneFound')} action={{ label: t('colorLog.showAll'), run: onClear }} />
    ) : (
      <Empty title={t('colorLog.none')}>{t('colorLog.noneAbout')}</Empty>
    )
  return filled.map(({ module, entries }) =>
    module === null ? (
      <LogLines key="all" label={t('panel.color-log')} {...{ entries, chosen, onChoose }} showsModule />
    ) : (
      <section key={module}>
        <h3 className={css.heading}>
          {t(`colorLog.module.${module}`)}
          <button type="button" className={css.link} onClick={() => onModule(module)}>
            {t('colorLog.allOf')}
          </button>
        </h3>
        <LogLines label={t(`colorLog.module.${module}`)} {...{ entries, chosen, onChoose }} showsModule={false} />
      </section>
    ),
  )
}
