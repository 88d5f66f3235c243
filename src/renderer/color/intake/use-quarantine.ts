import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ColorProblemWire } from '../../../contract/color.ts'
import type { QuarantinedRow } from '../../../contract/color-intake.ts'
import { useDesk } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'

export type RowState = QuarantinedRow['state']

/** What is shown of the quarantine. */
export interface Shown {
  readonly state: RowState
  readonly kind: string | null
}

type Page = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['intake']['quarantine']>>
type Cells = Readonly<Record<string, string | null>>

export const keyOfRow = ({ upload, row }: Pick<QuarantinedRow, 'upload' | 'row'>) => `${upload}/${row}`

const RECHECK_AFTER_MS = 250
const MOST = 2000

/** Rows that were set apart, with how they are corrected on this page until they are released. */
export function useQuarantine(shown: Shown, version: number) {
  const desk = useDesk()
  const { t } = useText()
  const [page, setPage] = useState<Page | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const [edits, setEdits] = useState<ReadonlyMap<string, Cells>>(new Map())
  const [checked, setChecked] = useState<ReadonlyMap<string, readonly ColorProblemWire[]>>(new Map())
  const { state, kind } = shown

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the intake, or a decision here, asks again
  useEffect(() => {
    let isOver = false
    desk.color.intake.quarantine({ state, limit: MOST, ...(kind ? { kind } : {}) }).then(
      found => {
        if (isOver) return
        setPage(found)
        setError(null)
      },
      fault => !isOver && setError(fault),
    )
    return () => {
      isOver = true
    }
  }, [desk, state, kind, version, turn])

  const rows = useMemo(() => new Map(page?.rows.map(row => [keyOfRow(row), row])), [page])
  const corrected = useCallback(
    (key: string) => {
      const row = rows.get(key)
      return row ? { upload: row.upload, row: row.row, cells: { ...edits.get(key) } } : null
    },
    [rows, edits],
  )
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const edit = (key: string, column: string, text: string) => {
    const row = rows.get(key)
    if (!row) return
    const before = edits.get(key)
    const cells = { ...before, [column]: text }
    // What stands there again is no correction.
    if (text === (row.cells[column] ?? '')) delete cells[column]
    const next = new Map(edits)
    if (Object.keys(cells).length === 0) next.delete(key)
    else next.set(key, cells)
    setEdits(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      desk.color.intake.recheck({ rows: [{ upload: row.upload, row: row.row, cells }] }).then(
        found => setChecked(known => new Map(known).set(key, found.rows[0]!.problems)),
        () => {}, // what is released is checked again, and says what is wrong
      )
    }, RECHECK_AFTER_MS)
  }
  const done = (keys: readonly string[]) => {
    setEdits(known => new Map([...known].filter(([key]) => !keys.includes(key))))
    setTurn(before => before + 1)
  }
  const attempt = async (run: () => Promise<void>) => {
    try {
      await run()
    } catch (fault) {
      notifyFault(fault)
      setTurn(before => before + 1)
    }
  }
  const placesOf = (keys: readonly string[]) =>
    keys.flatMap(key => {
      const row = rows.get(key)
      return row ? [{ upload: row.upload, row: row.row }] : []
    })
  return {
    ...{ page, error, rows, edits, edit },
    retry: () => setTurn(before => before + 1),
    /** What is wrong with a row as it stands here. */
    problems: (key: string): readonly ColorProblemWire[] => checked.get(key) ?? rows.get(key)?.problems ?? [],
    forget: (key: string) => {
      setEdits(known => new Map([...known].filter(([other]) => other !== key)))
      setChecked(known => new Map([...known].filter(([other]) => other !== key)))
    },
    release: (keys: readonly string[]) =>
      attempt(async () => {
        const wanted = keys.flatMap(key => corrected(key) ?? [])
        if (wanted.length === 0) return
        const { released, refused } = await desk.color.intake.release({ rows: wanted })
        setChecked(known => new Map([...known, ...refused.map(one => [keyOfRow(one), one.problems] as const)]))
        const stays = new Set(refused.map(keyOfRow))
        done(keys.filter(key => !stays.has(key)))
        if (released > 0) notify({ tone: 'good', text: t('colorIntake.released', { count: released }), key: 'color-intake' })
        if (refused.length > 0)
          notify({ tone: 'warn', text: t('colorIntake.refused', { count: refused.length }), key: 'color-intake-refused' })
      }),
    discard: (keys: readonly string[], reason: string) =>
      attempt(async () => {
        const places = placesOf(keys)
        await desk.color.intake.discard({ rows: places, reason })
        done(keys)
        const back = async () => {
          await desk.color.intake.bringBack({ rows: places }).catch(notifyFault)
          setTurn(before => before + 1)
        }
        const undo = { label: t('colorIntake.undo'), run: () => void back() }
        notify({ tone: 'good', text: t('colorIntake.discarded', { count: places.length }), key: 'color-intake', actions: [undo] })
      }),
    bringBack: (keys: readonly string[]) =>
      attempt(async () => {
        await desk.color.intake.bringBack({ rows: placesOf(keys) })
        done(keys)
      }),
  }
}
