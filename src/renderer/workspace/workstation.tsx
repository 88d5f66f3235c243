import { lazy, Suspense, useEffect } from 'react'
import { useApp, useBench, useView } from '../app-context.tsx'
import { useConnection, useHello } from '../desk.tsx'
import { DropAnywhere } from '../imports/drop-anywhere.tsx'
import { RecoveryCard } from '../system/recovery-card.tsx'
import { StatusBar } from '../system/status-bar.tsx'
import { NoticeStack } from '../ui/notice.tsx'
import { Empty } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { Dock } from './dock.tsx'
import { useShortcuts } from './shortcuts.ts'
import { TopBar } from './top-bar.tsx'
import css from './workstation.module.css'

const loadPalette = () => import('./palette.tsx')
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }))
const ShortcutsSheet = lazy(async () => ({ default: (await import('./shortcuts-sheet.tsx')).ShortcutsSheet }))
const AboutSheet = lazy(async () => ({ default: (await import('./about-sheet.tsx')).AboutSheet }))

/** The whole page: top bar, panels, bar at the foot, and what lies over them. */
export function Workstation() {
  const { t, language } = useText()
  const { view } = useApp()
  const sheet = useView(state => state.sheet)
  const hello = useHello()
  const { phase } = useConnection()
  const workspace = useBench(state => state.workspaces.find(one => one.id === state.current)?.name)
  useShortcuts()
  // Fetched while nothing else is to be done, so that Ctrl K opens at once the first time too.
  useEffect(() => {
    const idle = requestIdleCallback(() => void loadPalette(), { timeout: 5000 })
    return () => cancelIdleCallback(idle)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the title is written in the language of the page
  useEffect(() => {
    const name = workspace ? `${workspace} · Contango` : 'Contango'
    document.title = hello?.demo ? t('demo.title', { title: name }) : name
  }, [workspace, hello, language])
  const close = () => view.setState({ sheet: 'none' })
  return (
    <div className={css.page} data-demo={hello?.demo === true}>
      <a className={css.skip} href="#region-dock">
        {t('region.skip')}
      </a>
      <TopBar />
      {phase === 'refused' ? (
        <main className={css.refused} id="region-dock">
          <Empty title={t('connection.refused')}>{t('connection.refusedLong')}</Empty>
        </main>
      ) : (
        <Dock />
      )}
      <StatusBar />
      <NoticeStack />
      <RecoveryCard />
      <DropAnywhere />
      <Suspense fallback={null}>
        {sheet === 'palette' ? <Palette onClose={close} /> : null}
        {sheet === 'shortcuts' ? <ShortcutsSheet onClose={close} /> : null}
        {sheet === 'about' ? <AboutSheet onClose={close} /> : null}
      </Suspense>
    </div>
  )
}
