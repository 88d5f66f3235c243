import type { PanelProps } from '../panels.ts'

/** Stands here until the panel is written. */
export function Panel(_props: PanelProps<object>) {
  return null
}
