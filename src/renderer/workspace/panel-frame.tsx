import type { IDockviewPanelProps } from 'dockview-react'
import { type ComponentType, lazy, memo, Suspense, useCallback, useMemo, useReducer } from 'react'
import { useApp, useBench } from '../app-context.tsx'
import { PANELS, type PanelName, type PanelProps, panelKind } from '../panels.ts'
import { Boundary } from '../ui/boundary.tsx'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { subjectOf } from './bench.ts'
import css from './panel-frame.module.css'

type AnyPanel = ComponentType<PanelProps<object>>

function lazyPanel(kind: PanelName): AnyPanel {
  const load = PANELS.find(known => known.kind === kind)?.load
  return lazy(async () => ({ default: (await load!()).Panel as unknown as AnyPanel }))
}

/** One lazy component a kind, made once: a panel's code is fetched when the first of its kind is opened. */
const lazyPanels = new Map<PanelName, AnyPanel>(PANELS.map(({ kind }) => [kind, lazyPanel(kind)]))

/** What stands in the dock for one panel: its content with its props, and what is shown when it fails. */
export const PanelFrame = memo(function PanelFrame({ api }: IDockviewPanelProps) {
  const { id } = api
  const { bench } = useApp()
  const { t } = useText()
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const record = useBench(state => state.panels[id])
  const subject = useBench(state => subjectOf(state, id))
  const actions = useBench(state => state.actions[id] ?? null)
  const setParams = useCallback((patch: object) => bench.setParams(id, patch), [bench, id])
  const setSubject = useCallback((wanted: string) => bench.setSubject(id, wanted), [bench, id])
  const setTitle = useCallback((text: string) => bench.setTitle(id, text), [bench, id])
  const props = useMemo<PanelProps<object> | null>(
    () =>
      record
        ? // Defaults first: a panel stored by an older version may lack what a newer one reads.
          {
            id,
            params: { ...panelKind(record.kind)?.params, ...record.params },
            setParams,
            subject,
            setSubject,
            setTitle,
            actions,
          }
        : null,
    [id, record, setParams, subject, setSubject, setTitle, actions],
  )
  // A lazy component keeps its failure for ever, as when its code could not be fetched: another try needs another one.
  const tryAnew = (again: () => void) => {
    if (record) lazyPanels.set(record.kind, lazyPanel(record.kind))
    redraw()
    again()
  }
  if (!record || !props) return <div className={css.panel} />
  const Panel = lazyPanels.get(record.kind)!
  return (
    <div className={css.panel} data-panel={record.kind} data-panel-id={id}>
      <Boundary fallback={(fault, again) => <Failure error={fault} retry={() => tryAnew(again)} />}>
        <Suspense fallback={<Loading waitsFor={t('panel.what')} shape={record.kind === 'chart' ? 'chart' : 'rows'} />}>
          <Panel {...props} />
        </Suspense>
      </Boundary>
    </div>
  )
})
