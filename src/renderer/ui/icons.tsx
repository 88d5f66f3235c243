import type { ReactNode } from 'react'

/** Drawings of 16 by 16 in the colour of the text around them. */
const DRAWINGS = {
  chart: <path d="M3 2v11h11M6 6v5M6 4.5v1.5M9 8v3M9 5v3M12 4v4M12 2.5v1.5" />,
  list: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />,
  tape: <path d="M3 3h4M3 6.5h4M3 10h4M3 13h4M10 3h3M10 6.5h3M10 10h3M10 13h3" />,
  sql: <path d="M2.5 3.5h11v9h-11zM5 6l2 2-2 2M8.5 10.5h2.5" />,
  import: <path d="M8 2v8M5 7l3 3 3-3M2.5 11.5v2h11v-2" />,
  intake: <path d="M8 2v7M5 6.5l3 3 3-3M2.5 9.5v4h11v-4" />,
  outputs: <path d="M8 10V2M5 5l3-3 3 3M2.5 9.5v4h11v-4" />,
  sources: <path d="M3 12a7 7 0 0 1 10 0M5 9.8a4.2 4.2 0 0 1 6 0M1.5 9.5a9.5 9.5 0 0 1 13 0M8 13h.01" />,
  status: <path d="M1.5 8.5h3l2-5 3 9 2-4h3" />,
  log: <path d="M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3" />,
  jobs: <path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M8 8.5v2l1.5 1" />,
  backup: <path d="M2.5 4.5h11v3h-11zM3.5 7.5v6h9v-6M6.5 10h3M4 2.5h8" />,
  camera: <path d="M2 5h2.5l1-2h5l1 2H14v8H2zM8 6.5a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z" />,
  table: <path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9" />,
  chain: <path d="M8 2v12M2 4.5h4M10 4.5h4M2 8h4M10 8h4M2 11.5h4M10 11.5h4" />,
  smile: <path d="M2 3v11h12M4 5c1.5 7 7 7 9.5 1" />,
  heat: <path d="M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11M2.5 6.2h11M2.5 9.8h11" />,
  term: <path d="M2 3v11h12M4 11c2-5 5-6.5 9.5-7" />,
  settings: <path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 3v3M5.5 10v3" />,
  plus: <path d="M8 3v10M3 8h10" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />,
  bell: <path d="M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14.2h2.4" />,
  search: <path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14" />,
  user: <path d="M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.8 13.5c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4" />,
  float: <path d="M2.5 5.5h8v8h-8zM6 5V2.5h7.5V10H11" />,
  maximise: <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5V2.5h-8v8H5" />,
  down: <path d="M4 6l4 4 4-4" />,
  check: <path d="M3 8.5l3.2 3.2L13 4.5" />,
  undo: <path d="M5.5 3 2.5 6l3 3M3 6h6a4 4 0 0 1 0 8H6" />,
  pause: <path d="M5.5 3v10M10.5 3v10" />,
  play: <path d="M5 3l8 5-8 5z" />,
  warning: <path d="M8 2.2 14.5 13.5h-13zM8 6.5v3.5M8 11.8h.01" />,
  redo: <path d="M10.5 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3" />,
  gamma: <path d="M2 13.5h12M4 13v-3M6.7 13V6M9.3 13V3M12 13V8.5" />,
  flow: <path d="M2 8h12M3 8V5M5.5 8V3.5M8 8v4M10.5 8v2.5M13 8V4.5" />,
  payoff: <path d="M2 11.5h4.5L11 5h3M2 8h.01M5 8h.01M8 8h.01M11 8h.01M14 8h.01" />,
  anomaly: <path d="M2 12.5c2.5 0 3-5 6-5s3.5 3 6 3M8 2.5v.01M8 4.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z" />,
  rules: <path d="M2.5 3h11M2.5 3l4.5 5v5l2-1.2V8l4.5-5" />,
  batch: <path d="M3 2.5h7l3 3v8H3zM5.5 7h5M5.5 9.3h5M5.5 11.6h3" />,
} as const satisfies Record<string, ReactNode>

export type IconName = keyof typeof DRAWINGS

/** A drawing without a name of its own: the button or text around it says what it means. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {DRAWINGS[name]}
    </svg>
  )
}

export function isIcon(name: string): name is IconName {
  return name in DRAWINGS
}
