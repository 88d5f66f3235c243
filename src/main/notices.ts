import type { DeskLink } from '../core/workspace/desk-link.ts'

/** Something that a person should know of at once, even with another program before them: an alert, a failed job. */
export interface Notice {
  /** A later notice of the same key takes the place of the earlier one. */
  readonly key: string
  readonly title: string
  /** One or two plain sentences, without secrets: it stands on a screen that others may see. */
  readonly body: string
  readonly urgency: 'low' | 'normal' | 'critical'
  /** What a click on it shows. */
  readonly link: DeskLink | null
}
