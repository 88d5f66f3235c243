import { useCallback, useMemo, useState } from 'react'
import type { DeliveryView } from '../../../contract/color-outputs.ts'
import { useStream } from '../../desk.tsx'

const NONE: readonly DeliveryView[] = []

/** Where each run was to go and how far it came, followed as it changes. */
export function useDeliveries(): (run: string) => readonly DeliveryView[] {
  const [all, setAll] = useState<readonly DeliveryView[]>(NONE)
  useStream(
    'color-deliveries',
    (desk, signal) => desk.color.outputs.watch(undefined, { signal }),
    ({ deliveries }) => setAll(deliveries),
  )
  const byRun = useMemo(() => {
    const found = new Map<string, DeliveryView[]>()
    for (const one of all) found.set(one.run, [...(found.get(one.run) ?? []), one])
    return found
  }, [all])
  return useCallback(run => byRun.get(run) ?? NONE, [byRun])
}
