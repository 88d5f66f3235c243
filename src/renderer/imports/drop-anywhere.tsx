import { useCallback, useRef } from 'react'
import { useApp } from '../app-context.tsx'
import { useText } from '../ui/text.ts'
import css from './drop-anywhere.module.css'
import { offerFile, useFileDrop } from './file-drop.ts'

/** Takes a file dropped anywhere on the page to the import panel, which is opened where there is none; says so while one is held over it. */
export function DropAnywhere() {
  const { t } = useText()
  const { bench } = useApp()
  const page = useRef<HTMLElement | null>(document.body)
  const take = useCallback(
    (file: File) => {
      offerFile(file)
      const { panels } = bench.store.getState()
      const open = Object.keys(panels).find(id => panels[id]?.kind === 'import')
      if (open) bench.activate(open)
      else bench.open('import')
    },
    [bench],
  )
  return useFileDrop(page, take) ? (
    <div className={css.veil} aria-hidden="true">
      {t('import.dropHere')}
    </div>
  ) : null
}
