import type { JobState } from '../contract/system.ts'
import type { Instrument, Quote, Trade } from '../core/market/instrument.ts'
import type { Bus } from '../platform/bus.ts'
import type { Notice } from './notices.ts'
import type { AnalysedChain } from './options/chain-service.ts'

/** What is announced inside the host. Announcements are made after the newest value is stored, so who hears can also ask. */
export interface Topics {
  /** Quotes that passed the checks, a batch at a time, in order. */
  quotes: readonly Quote[]
  trades: readonly Trade[]
  /** Instruments that came into the book or changed. */
  instruments: readonly Instrument[]
  /** A series was stored, replaced, removed or brought back. */
  series: { readonly name: string; readonly change: 'stored' | 'removed' }
  sources: { readonly name: string }
  jobs: JobState
  /** A scheduled job or its runs changed. */
  schedule: { readonly job: string }
  /** A secret was set or removed, or their place was opened or closed. */
  secrets: Readonly<Record<string, never>>
  /** A chain of options was analysed anew. */
  chains: AnalysedChain
  /** Something to be said outside of the page, by whatever surrounds the host. */
  notices: Notice
  workspace: { readonly changed: 'workspaces' | 'watchlists' | 'settings'; readonly id: string; readonly revision: number }
}

export type HostBus = Bus<Topics>
