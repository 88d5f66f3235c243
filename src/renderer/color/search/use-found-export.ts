import { useCallback } from 'react'
import type { ColorQuery } from '../../../contract/color-search.ts'
import { useDesk } from '../../desk.tsx'
import { FileDamaged, receiveFile } from '../../lab/export-file.ts'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'

/** Saves everything that a search finds as a file. */
export function useFoundExport(): (query: ColorQuery, form: 'xlsx' | 'csv') => Promise<void> {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  return useCallback(
    async (query, form) => {
      const file = `colors.${form}`
      try {
        const rows = await receiveFile(await desk.color.search.export({ query, format: form }), file, form, () => undefined)
        notify({ tone: 'good', text: t('colorRuns.exported', { rows: format.whole(rows), file }) })
      } catch (fault) {
        if (fault instanceof FileDamaged) notify({ tone: 'bad', text: t('colorRuns.damaged', { file }) })
        else notifyFault(fault)
      }
    },
    [desk, t, format],
  )
}
