import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'

/** Notes on the session and on its rows, and the field for another. */
export function SessionNotes({
  session,
  rowId,
  actions,
  mayChange,
}: {
  session: SessionView
  /** The row that a new note is about; null for the session. */
  rowId: string | null
  actions: SessionActions
  mayChange: boolean
}) {
  const { t } = useText()
  const [text, setText] = useState('')
  const notes = rowId === null ? session.notes : session.notes.filter(note => note.rowId === rowId)
  async function add(): Promise<void> {
    if (text.trim() === '') return
    if (await actions.run({ kind: 'note', text: text.trim(), rowId })) setText('')
  }
  return (
    <>
      {mayChange ? (
        <form
          className={css.form}
          onSubmit={event => {
            event.preventDefault()
            void add()
          }}
        >
          <label className={css.field}>
            {t(rowId === null ? 'colorSession.noteSession' : 'colorSession.noteRow')}
            <textarea
              data-first
              rows={3}
              maxLength={4000}
              value={text}
              onChange={event => setText(event.currentTarget.value)}
              onKeyDown={event => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
                event.preventDefault()
                void add()
              }}
            />
          </label>
          <div className={css.actions}>
            <Button size="compact-sm" variant="filled" type="submit" disabled={text.trim() === ''}>
              {t('colorSession.noteAdd')}
            </Button>
            <span className={css.quiet}>Ctrl+Enter</span>
          </div>
        </form>
      ) : null}
      {notes.length === 0 ? <p className={css.words}>{t('colorSession.noNotes')}</p> : null}
      <ul className={css.notes}>
        {notes.toReversed().map((note, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: notes are only ever added at one end
          <li key={at}>
            <p>{note.text}</p>
            <span className={css.quiet}>{t(note.rowId === null ? 'colorSession.onSession' : 'colorSession.onRow')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
