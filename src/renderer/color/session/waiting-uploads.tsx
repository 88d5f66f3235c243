import { useState } from 'react'
import type { UploadWire } from '../../../contract/color-intake.ts'
import { useStream } from '../../desk.tsx'
import { nowMicros } from '../../now.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'

/** Uploads that wait for a run or a session, the oldest first; null until the host answered. */
export function useWaiting(): readonly UploadWire[] | null {
  const [uploads, setUploads] = useState<readonly UploadWire[] | null>(null)
  useStream(
    'color-session-waiting',
    (desk, signal) => desk.color.intake.watch(undefined, { signal }),
    state => setUploads(state.uploads.filter(({ status }) => status === 'pending').toReversed()),
  )
  return uploads
}

/** Waiting uploads to choose from; null is all of them. */
export function WaitingList({
  uploads,
  chosen,
  onChoose,
}: {
  uploads: readonly UploadWire[]
  chosen: ReadonlySet<string> | null
  onChoose(chosen: ReadonlySet<string>): void
}) {
  const { t } = useText()
  const format = useFormat()
  const isChosen = (id: string) => chosen === null || chosen.has(id)
  function turn(id: string): void {
    const next = new Set(chosen ?? uploads.map(upload => upload.id))
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }
  return (
    <ul className={css.uploads}>
      {uploads.map(({ id, name, counts, at, user }) => (
        <li key={id}>
          <label>
            <input type="checkbox" checked={isChosen(id)} onChange={() => turn(id)} />
            <span className={css.name} title={name}>
              {name}
            </span>
            <span className={css.number}>{t('colorSession.rows', { count: counts.accepted })}</span>
            <span className={css.quiet} title={format.instant(at, 'dateSecond')}>
              {user} · {t('colorSession.ago', { age: format.age(at, nowMicros()) })}
            </span>
          </label>
        </li>
      ))}
    </ul>
  )
}
