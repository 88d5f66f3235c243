import { useEffect, useMemo, useState } from 'react'
import { hiddenInAll } from '../../../core/color/asset-classes.ts'
import { useDesk } from '../../desk.tsx'
import { useNewest } from '../log/use-log.ts'

type Hidden = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['setup']['classes']>>['hidden']

/** Columns that are hidden for all of some asset classes; none until that is known, so that nothing is missing by a fault. */
export function useHiddenColumns(classes: readonly (string | null)[]): ReadonlySet<string> {
  const desk = useDesk()
  const newest = useNewest()
  const [hidden, setHidden] = useState<Hidden>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => {
    let isGone = false
    desk.color.setup.classes().then(
      found => !isGone && setHidden(found.hidden),
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [desk, newest])
  // By its words, so that columns are made anew only where another one is hidden.
  const words = [...hiddenInAll(hidden, classes)].join(' ')
  return useMemo(() => new Set(words.split(' ').filter(word => word !== '')), [words])
}
