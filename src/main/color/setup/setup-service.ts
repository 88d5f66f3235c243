import type { AssetClassView, ColorSetup } from '../../../contract/color-setup.ts'
import { type AssetClass, classProblems, hiddenByClass } from '../../../core/color/asset-classes.ts'
import { USUAL_RANKS } from '../../../core/color/bias-rank.ts'
import { type SectorLimit, USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import {
  limitProblems,
  type RankedType,
  rankProblems,
  ranksOf,
  type SetupProblem,
  typesOf,
  WORST_RANK,
} from '../../../core/color/setup-check.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook, ConfigEntity } from '../config/config-book.ts'

/** What an administrator decides about quotes: how much each type weighs, and which prices a sector bears. */
export interface SetupService {
  show(): ColorSetup
  /** Fails: CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_INVALID. */
  saveRanks(draft: { readonly revision: number; readonly types: readonly RankedType[] }, user: string): ColorSetup['ranks']
  /** Fails: CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_INVALID. */
  saveLimits(draft: { readonly revision: number; readonly sectors: readonly SectorLimit[] }, user: string): ColorSetup['limits']
  /** The tree, and what is hidden for each class of it: for everybody who looks at colors. */
  classes(): { classes: ReturnType<typeof plainClassOf>[]; hidden: { assetClass: string; columns: string[] }[] }
  /** Fails: CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_INVALID. */
  saveClass(draft: AssetClass & { readonly id: string | null; readonly revision: number }, user: string): AssetClassView
  /** Gives the entry by which it can be taken back. Fails: CONFIG_CHANGED, CONFIG_UNKNOWN. */
  removeClass(of: { readonly id: string; readonly revision: number }, user: string): { entry: number }
}

const WORDS: Readonly<Record<SetupProblem['kind'], string>> = {
  'type-missing': 'a quote type has no name',
  'type-twice': 'a quote type is there twice',
  'word-twice': 'one word means two things',
  'rank-unfit': `a rank is a whole number from 1 to ${WORST_RANK}`,
  'bid-offer-missing': 'BID and OFFER must have a rank, since quotes without a type are one of both',
  'word-missing': 'a limit has no word',
  'word-hidden': 'a word above it already fits all that it fits, so it would never count',
  'bounds-unfit': 'bounds are two numbers',
  'bounds-crossed': 'the lowest price is above the highest',
  'tolerance-unfit': 'a tolerance is a number from 0',
  'class-missing': 'an asset class has no name',
  'class-twice': 'this asset class is in the tree already',
  'column-needed': 'CUSIP and PX are never hidden',
  'column-unknown': 'there is no such column',
}

export function createSetupService(config: Pick<ConfigBook, 'find' | 'save' | 'list' | 'remove' | 'changes'>): SetupService {
  const ranks = (): ColorSetup['ranks'] => {
    const found = config.find('ranks', 'ranks')
    return { revision: found?.revision ?? 0, user: found?.user ?? null, types: wireTypes(found?.value ?? USUAL_RANKS) }
  }
  const limits = (): ColorSetup['limits'] => {
    const found = config.find('limits', 'limits')
    const sectors = (found?.value.sectors ?? USUAL_LIMITS).map(one => ({ ...one, bounds: one.bounds && { ...one.bounds } }))
    return { revision: found?.revision ?? 0, user: found?.user ?? null, sectors }
  }
  const classes = () =>
    config
      .list('classes')
      .map(viewOf)
      .sort((a, b) => a.name.localeCompare(b.name))
  return {
    show: () => ({ ranks: ranks(), limits: limits(), classes: classes() }),
    saveRanks({ revision, types }, user) {
      expectFit(rankProblems(types))
      config.save('ranks', [{ id: 'ranks', name: 'Ranks', revision, value: ranksOf(types) }], user)
      return ranks()
    },
    saveLimits({ revision, sectors }, user) {
      expectFit(limitProblems(sectors))
      const plain = sectors.map(limit => ({ ...limit, word: limit.word.trim().toLowerCase() }))
      config.save('limits', [{ id: 'limits', name: 'Limits', revision, value: { sectors: plain } }], user)
      return limits()
    },
    classes() {
      const tree = classes().map(plainClassOf)
      return { classes: tree, hidden: hiddenByClass(tree) }
    },
    saveClass({ id, revision, ...draft }, user) {
      const tree = plainClassOf(draft)
      // Another with this name is told as one, so that it can be found in the tree.
      expectFit(
        classProblems(
          tree,
          classes().filter(other => other.id !== id),
        ),
      )
      const { name, ...value } = tree
      const [saved] = config.save('classes', [{ id, name, revision, value }], user)
      return viewOf(saved!)
    },
    removeClass({ id, revision }, user) {
      const now = config.find('classes', id) ?? fail('CONFIG_UNKNOWN', { module: 'classes', id })
      if (now.revision !== revision) fail('CONFIG_CHANGED', { name: now.name, user: now.user })
      config.remove('classes', [id], user)
      const [removal] = config.changes({ module: 'classes', id, limit: 1 })
      return { entry: removal!.entry }
    },
  }
}

const wireTypes = (table: Parameters<typeof typesOf>[0]) => typesOf(table).map(one => ({ ...one, words: [...one.words] }))

const columnsOf = (names: readonly string[]) => [...new Set(names)]
const plainClassOf = ({ name, hiddenColumns, subs }: AssetClass) => ({
  ...{ name: name.trim(), hiddenColumns: columnsOf(hiddenColumns) },
  subs: subs.map(sub => ({ name: sub.name.trim(), hiddenColumns: columnsOf(sub.hiddenColumns) })),
})
const viewOf = ({ id, name, revision, user, value }: ConfigEntity<'classes'>): AssetClassView => ({
  ...{ id, revision, user },
  ...plainClassOf({ name, ...value }),
})

/** Fails: CONFIG_INVALID. */
function expectFit([first]: readonly SetupProblem[]): void {
  if (!first) return
  fail('CONFIG_INVALID', { reason: `${first.line === null ? '' : `line ${first.line + 1}: `}${WORDS[first.kind]}` })
}
