import type { RefObject } from 'react'
import type { ChartView } from '../ui/chart-model.ts'
import { useFormat } from '../ui/format.ts'
import { livenessWords } from '../ui/liveness.tsx'
import { useText } from '../ui/text.ts'
import type { BarTable } from './chart-bars.ts'
import { chartCsv, chartPicture, fileName, saveFile } from './chart-export.ts'
import { shortName } from './chart-legend.tsx'
import css from './chart-panel.module.css'
import type { Scene } from './chart-scene.ts'

/** Saves what is shown, as a picture and as data. */
export function useSaving(
  view: RefObject<ChartView | null>,
  root: RefObject<HTMLElement | null>,
  table: BarTable | null,
  scene: Scene,
  say: (text: string) => void,
) {
  const { t } = useText()
  const format = useFormat()
  const savePicture = () => {
    const stage = root.current?.querySelector<HTMLElement>(`.${css.stage}`)
    if (!table || !view.current || !stage) return
    const last = table.count - 1
    const tick = table.tick
    const lines = [
      `${table.instrument.symbol} · ${table.timeframe} · ${livenessWords(table.provenance, t, format)}`,
      `${format.instant(table.micros[last], 'dateMinute', table.calendar.zone)} ${table.calendar.zone}  ${t('chart.close')} ${format.price(table.close[last], tick)}`,
      ...(scene.running.length > 0 ? [scene.running.map(shortName).join(' · ')] : []),
    ]
    const name = fileName(table, 'png')
    chartPicture(view.current, stage, lines).toBlob(blob => {
      if (!blob) return
      saveFile(name, blob)
      say(t('chart.saved', { file: name }))
    })
  }
  const saveCsv = () => {
    const range = view.current?.visible()
    if (!table || !range) return
    const name = fileName(table, 'csv')
    saveFile(name, new Blob([chartCsv(table, scene.running, scene.compared, range)], { type: 'text/csv' }))
    say(t('chart.saved', { file: name }))
  }
  return { savePicture, saveCsv }
}
