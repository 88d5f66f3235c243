import { demoSource } from './demo/source.ts'
import type { Source } from './source.ts'
import { yahooSource } from './yahoo/source.ts'

/**
 * The sources of the workstation, in the order in which they are listed.
 *
 * Files are no source: an import makes a series, which nobody sends. A replay is opened with a recording and so stands in no
 * table; it has the same interface and passes the same battery.
 */
export const SOURCES: readonly Source[] = [demoSource, yahooSource]
