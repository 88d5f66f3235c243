import { useCallback, useRef } from 'react'
import { useApp } from '../app-context.tsx'
import { offerFile, useFileDrop } from './file-drop.ts'

/** Takes a file dropped anywhere on the page to the import panel, which is opened where there is none; says while one is held over it. */
export function useDropAnywhere(): boolean {
  const { bench } = useApp()
  const page = useRef<HTMLElement | null>(document.body)
  const take = useCallback(
    (file: File) => {
      offerFile(file)
      const { panels } = bench.store.getState()
      const open = Object.keys(panels).find(id => panels[id]?.kind === 'import')
      if (open) bench.dock()?.getPanel(open)?.api.setActive()
      else bench.open('import')
    },
    [bench],
  )
  return useFileDrop(page, take)
}
