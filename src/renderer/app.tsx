import { MantineProvider } from '@mantine/core'
import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { AppProvider } from './app-context.tsx'
import { createApp } from './create-app.ts'
import { DeskProvider } from './desk.tsx'
import { openLink } from './link.ts'
import './ui/tokens.css'
import './ui/base.css'
import { cssVariables, theme } from './ui/theme.ts'
import { useAppearance } from './workspace/appearance.ts'
import { followArrivals } from './workspace/arrivals.ts'
import { Workstation } from './workspace/workstation.tsx'

const app = createApp(openLink())

function Page() {
  const scheme = useAppearance()
  useEffect(() => {
    const flush = () => void app.workspaces.flush()
    window.addEventListener('pagehide', flush)
    return () => window.removeEventListener('pagehide', flush)
  }, [])
  useEffect(() => followArrivals(app), [])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme={scheme}>
      <Workstation />
    </MantineProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <DeskProvider desk={app.desk}>
      <AppProvider app={app}>
        <Page />
      </AppProvider>
    </DeskProvider>
  </StrictMode>,
)
