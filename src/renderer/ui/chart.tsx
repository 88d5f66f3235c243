import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import css from './chart.module.css'
import type { ChartEvents, ChartView } from './chart-model.ts'
import { createChartView } from './chart-view.ts'

/**
 * The place of a chart. It is drawn once; everything after that goes through the view in `ref`, outside of rendering.
 *
 * The picture follows the page's theme and palette by itself.
 */
export function Chart({ label, events, ref }: { label: string; events: ChartEvents; ref: Ref<ChartView | null> }) {
  const place = useRef<HTMLElement>(null)
  const view = useRef<ChartView | null>(null)
  const heard = useRef(events)
  heard.current = events
  useImperativeHandle(ref, () => {
    view.current ??= createChartView(place.current!, {
      onCrosshair: row => heard.current.onCrosshair(row),
      onVisible: range => heard.current.onVisible(range),
      onLayout: () => heard.current.onLayout(),
    })
    return view.current
  }, [])
  useEffect(() => {
    const themes = new MutationObserver(() => view.current?.repaintTheme())
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-palette'] })
    return () => {
      themes.disconnect()
      view.current?.close()
      view.current = null
    }
  }, [])
  return <figure ref={place} className={css.place} aria-label={label} />
}
