import type { ChartView } from '../ui/chart-model.ts'
import type { BarTable } from './chart-bars.ts'
import type { RunningIndicator } from './chart-layers.ts'
import type { ComparedLine } from './chart-legend.tsx'

/** A cell of a CSV file; text that a spreadsheet would take for a formula or that holds a separator is quoted. */
function cell(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  const safe = /^[=+\-@\t]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * The rows [from, to] of a chart as CSV, with what is drawn beside them.
 *
 * Times are the starts of the bars in UTC. Source and state stand in every row, so that a demo number stays one wherever
 * the file goes.
 */
export function chartCsv(
  table: BarTable,
  running: readonly RunningIndicator[],
  compared: readonly ComparedLine[],
  range: { readonly from: number; readonly to: number },
): string {
  const shown = running.filter(({ chosen }) => !chosen.isHidden)
  const head = [
    'time',
    'symbol',
    'timeframe',
    'open',
    'high',
    'low',
    'close',
    'volume',
    ...compared.map(({ symbol }) => symbol),
    ...shown.flatMap(({ chosen, indicator }) =>
      indicator.outputs.map(output => [indicator.name, ...Object.values(chosen.values), output.name].join(' ')),
    ),
    'source',
    'state',
  ]
  const lines = [head.map(cell).join(',')]
  const last = Math.min(table.count - 1, Math.ceil(range.to))
  for (let i = Math.max(0, Math.floor(range.from)); i <= last; i++) {
    const row = [
      new Date(table.micros[i]! / 1000).toISOString(),
      table.instrument.symbol,
      table.timeframe,
      table.open[i]!,
      table.high[i]!,
      table.low[i]!,
      table.close[i]!,
      table.volume[i]!,
      ...compared.map(({ closes }) => closes[i]!),
      ...shown.flatMap(one => one.columns().map(column => column[i]!)),
      table.provenance.source,
      table.provenance.state,
    ]
    lines.push(row.map(cell).join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A name for a file: letters, digits, point and dash. */
export function fileName(table: BarTable, extension: string): string {
  const at = new Date(table.micros[Math.max(0, table.count - 1)]! / 1000).toISOString().slice(0, 16).replace(/[:T]/g, '')
  const state = table.provenance.state === 'demo' ? '-DEMO' : ''
  return `${table.instrument.symbol}-${table.timeframe}${state}-${at}.${extension}`.replace(/[^\p{L}\p{N}.-]+/gu, '_')
}

/** The chart with a line above it that says what it is, in the page's own font and colours. */
export function chartPicture(view: ChartView, place: HTMLElement, lines: readonly string[]): HTMLCanvasElement {
  const chart = view.picture()
  const scale = chart.width / Math.max(1, place.clientWidth)
  const looks = getComputedStyle(place)
  const head = Math.round((lines.length * 18 + 10) * scale)
  const canvas = document.createElement('canvas')
  canvas.width = chart.width
  canvas.height = chart.height + head
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser gave no canvas to draw the picture on')
  context.fillStyle = looks.getPropertyValue('--bg-1').trim()
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.textBaseline = 'top'
  for (const [k, line] of lines.entries()) {
    context.fillStyle = looks.getPropertyValue(k === 0 ? '--text-1' : '--text-2').trim()
    context.font = `${k === 0 ? 600 : 400} ${12 * scale}px ${looks.fontFamily}`
    context.fillText(line, 8 * scale, (7 + k * 18) * scale)
  }
  context.drawImage(chart, 0, head)
  return canvas
}

/** Hands a file to the person, as a download. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
