import { useCallback, useEffect, useState } from 'react'
import type { ColorSetup } from '../../../contract/color-setup.ts'
import { useDesk, useHello } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import { useNewest } from '../log/use-log.ts'

/** What an administrator decided, read again with every change of the desk. */
export function useSetup() {
  const desk = useDesk()
  const newest = useNewest()
  const [setup, setSetup] = useState<ColorSetup | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change and a retry ask again
  useEffect(() => {
    let isGone = false
    desk.color.setup.show().then(
      next => {
        if (isGone) return
        setSetup(next)
        setError(null)
      },
      fault => !isGone && setError(fault),
    )
    return () => {
      isGone = true
    }
  }, [desk, newest, turn])
  return { setup, error, retry: useCallback(() => setTurn(before => before + 1), []), newest }
}

/** Whether this account may change what is shown. */
export function useMaySetUp(): boolean {
  return useHello()?.mayWrite.includes('color-setup') ?? false
}

export interface UsedValues {
  readonly rows: ReadonlyMap<string, number>
  readonly isDemo: boolean
}

/** How many stored colors have each value of a column; null until that is known. */
export function useUsedValues(of: 'BIAS' | 'ASSET_CLASS', newest: number) {
  const desk = useDesk()
  const [used, setUsed] = useState<UsedValues | null>(null)
  const [error, setError] = useState<unknown>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => {
    let isGone = false
    desk.color.search.facets().then(
      ({ facets, isDemo }) => {
        if (isGone) return
        const values = facets.find(({ column }) => column === of)?.values ?? []
        setUsed({ rows: new Map(values.map(({ value, rows }) => [value, rows])), isDemo })
        setError(null)
      },
      fault => !isGone && setError(fault),
    )
    return () => {
      isGone = true
    }
  }, [desk, newest, of])
  return { used, error }
}

interface Kept<T> {
  readonly revision: number
  readonly user: string | null
  readonly value: T
}

/** A form over something that others may change meanwhile: what is typed is never lost, and never goes over theirs unseen. */
export function useDraft<T>(
  kept: Kept<T>,
  write: (draft: T, revision: number) => Promise<Kept<T>>,
  /** What is said once it is saved, and what a new form begins with. */
  { said, begin }: { readonly said?: string; readonly begin?: T } = {},
) {
  const desk = useDesk()
  const { t } = useText()
  const [base, setBase] = useState(kept)
  const [draft, setDraft] = useState(begin ?? kept.value)
  const [isSaving, setSaving] = useState(false)
  const isChanged = JSON.stringify(draft) !== JSON.stringify(base.value)
  const take = (next: Kept<T>) => {
    setBase(next)
    setDraft(next.value)
  }
  const isBehind = kept.revision !== base.revision
  if (isBehind && !isChanged && !isSaving) take(kept)
  const save = async () => {
    if (isSaving) return
    setSaving(true)
    try {
      const saved = await write(draft, base.revision)
      take(saved)
      const undo = () => void desk.color.log.revert({ entry: saved.revision, anyway: false }).catch(notifyFault)
      // A password alone is no change of the configuration.
      const actions = saved.revision > 0 && saved.revision !== base.revision ? [{ label: t('colorSetup.undo'), run: undo }] : []
      notify({ tone: 'good', text: said ?? t('colorSetup.saved'), key: 'color-setup', actions, seconds: 12 })
    } catch (fault) {
      notifyFault(fault)
    } finally {
      setSaving(false)
    }
  }
  return {
    ...{ draft, setDraft, isChanged, isSaving, save },
    /** Who changed it meanwhile; null where nobody did. */
    behind: isBehind && isChanged ? { user: kept.user } : null,
    takeTheirs: () => take(kept),
    keepMine: () => setBase(kept),
    discard: () => setDraft(base.value),
  }
}
export type Draft<T> = ReturnType<typeof useDraft<T>>
