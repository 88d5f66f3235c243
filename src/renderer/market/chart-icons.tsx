/** Line drawings of 14 px for the chart's buttons; each stands beside or in place of a word that is also in the title. */
const PATHS = {
  candles: 'M4 1v3M4 10v3M2.5 4h3v6h-3zM10 2v2M10 8v3M8.5 4h3v4h-3z',
  bars: 'M4 2v10M2 5h2M4 9h2M10 1v9M8 3h2M10 7h2',
  line: 'M1 10l4-4 3 3 5-6',
  area: 'M1 10l4-4 3 3 5-6v10H1z',
  indicators: 'M1 9c2-6 3-6 5 0s3 3 6-6M9 12l4-4M9 8l4 4',
  plus: 'M7 2v10M2 7h10',
  volume: 'M2 13V8h2v5M6 13V4h2v9M10 13v-7h2v7',
  camera: 'M2 4h2l1-2h4l1 2h2v8H2zM7 6a2 2 0 100 4 2 2 0 000-4z',
  calendar: 'M2 3h10v9H2zM2 6h10M5 1.5v3M9 1.5v3',
  gear: 'M7 5a2 2 0 100 4 2 2 0 000-4zM7 1v2M7 11v2M1 7h2M11 7h2M2.8 2.8l1.4 1.4M9.8 9.8l1.4 1.4M11.2 2.8L9.8 4.2M4.2 9.8l-1.4 1.4',
  eye: 'M1 7s2-4 6-4 6 4 6 4-2 4-6 4-6-4-6-4zM7 5.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3z',
  hidden: 'M1 7s2-4 6-4 6 4 6 4-2 4-6 4-6-4-6-4zM2 12L12 2',
  close: 'M3 3l8 8M11 3l-8 8',
  newest: 'M2 3l4 4-4 4M7 3l4 4-4 4M12.5 3v8',
  back: 'M9 2L4 7l5 5',
  down: 'M3 5l4 4 4-4',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" strokeWidth="1.3" aria-hidden="true">
      <path d={PATHS[name]} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
