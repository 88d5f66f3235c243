import { type DockviewApi, DockviewReact, type DockviewTheme } from 'dockview-react'
import 'dockview-react/dist/styles/dockview.css'
import { useEffect, useState } from 'react'
import { useApp, useBench } from '../app-context.tsx'
import { Failure } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './dock.module.css'
import { EmptyDock } from './empty-dock.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { GroupActions, PanelTab } from './panel-tab.tsx'

const THEME: DockviewTheme = {
  name: 'contango',
  className: 'dockview-theme-contango',
  gap: 4,
  dndOverlayMounting: 'absolute',
  dndPanelOverlay: 'group',
  dndTabIndicator: 'line',
  tabGroupIndicator: 'none',
}
const COMPONENTS = { panel: PanelFrame }

/** The area of panels: docked, tabbed and floating; its arrangement is the current workspace. */
export function Dock() {
  const { bench, workspaces } = useApp()
  const { t } = useText()
  const [api, setApi] = useState<DockviewApi | null>(null)
  const phase = useBench(state => state.phase)
  const error = useBench(state => state.error)
  // An effect of its own: the dock outlives a remount of this component and then says no second time that it is ready.
  useEffect(() => {
    if (!api) return
    const detach = bench.attach(api)
    void workspaces.load()
    return detach
  }, [api, bench, workspaces])
  return (
    <main className={css.dock} id="region-dock" aria-label={t('region.dock')} tabIndex={-1}>
      <DockviewReact
        className={css.view ?? ''}
        theme={THEME}
        components={COMPONENTS}
        defaultTabComponent={PanelTab}
        rightHeaderActionsComponent={GroupActions}
        watermarkComponent={EmptyDock}
        floatingGroupDragHandle="tabbar"
        floatingGroupBounds="boundedWithinViewport"
        scrollbars="native"
        onReady={made => setApi(made.api)}
      />
      {phase === 'failed' ? (
        <div className={css.over}>
          <Failure error={error} retry={() => void workspaces.load()} />
        </div>
      ) : null}
    </main>
  )
}
