import type { ChainFeed } from '../chain-feed.ts'
import { demoChainFeed } from './demo.ts'
import { yahooChainFeed } from './yahoo.ts'

/** Feeds of option chains, in the order in which they are listed; each is named as its source. */
export const CHAIN_FEEDS: readonly ChainFeed[] = [demoChainFeed, yahooChainFeed]
