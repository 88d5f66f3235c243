import { Button } from '@mantine/core'
import { useState } from 'react'
import { ROW_FIELDS } from '../../../core/color/color-fields.ts'
import { useText } from '../../ui/text.ts'
import type { CommandQueue } from './command-queue.ts'
import css from './session.module.css'
import { tellSession } from './session-fault.ts'
import { columnWords } from './session-words.ts'
import type { SheetPlace } from './sheet.tsx'
import type { PastedRows } from './use-clipboard.ts'

type Cells = Readonly<Record<string, string>>

/** Columns that a row cannot do without; the rest may stay empty or follow from others. */
const NEEDED = ['MESSAGE_ID', 'CUSIP', 'TICKER', 'SECTOR', 'SOURCE', 'DATE'] as const
const FIELDS = ROW_FIELDS.filter(({ key, name }) => key !== null && name !== 'PX' && name !== 'RANK').map(({ name }) => name)
const FIRST = ['CUSIP', 'TICKER', 'SECTOR', 'BIAS', 'BID', 'ASK', 'PRICE_LEVEL', 'SOURCE', 'DATE', 'MESSAGE_ID']
const ORDERED = [...FIRST, ...FIELDS.filter(name => !FIRST.includes(name))]
/** What the row at hand gives to the next one: another quote on the same tranche is the usual case. */
const TAKEN_OVER = ['CUSIP', 'TICKER', 'SECTOR', 'DATE', 'DATE_1', 'COV_PRICE', 'ASSET_CLASS']

/** A row typed by hand, or rows from a spreadsheet. */
export function AddRows({
  pasted,
  like,
  queue,
  onDone,
}: {
  pasted: PastedRows | null
  like: SheetPlace | null
  queue: CommandQueue
  onDone(): void
}) {
  return pasted ? <AddPasted pasted={pasted} queue={queue} onDone={onDone} /> : <AddOne like={like} queue={queue} />
}

function AddOne({ like, queue }: { like: SheetPlace | null; queue: CommandQueue }) {
  const { t } = useText()
  const [cells, setCells] = useState<Cells>(() =>
    Object.fromEntries(TAKEN_OVER.flatMap(name => (like?.row.cells[name] ? [[name, like.row.cells[name]]] : []))),
  )
  const [fault, setFault] = useState<unknown>(null)
  const [added, setAdded] = useState(0)
  const missing = NEEDED.filter(name => !cells[name]?.trim())
  async function add(): Promise<void> {
    setFault(null)
    const filled = Object.fromEntries(Object.entries(cells).filter(([, value]) => value.trim() !== ''))
    try {
      await queue.run({ kind: 'add', cells: filled })
      setAdded(before => before + 1)
      setCells(before => Object.fromEntries(Object.entries(before).filter(([name]) => TAKEN_OVER.includes(name))))
    } catch (why) {
      setFault(why)
    }
  }
  return (
    <form
      className={css.form}
      onSubmit={event => {
        event.preventDefault()
        if (missing.length === 0) void add()
      }}
    >
      <p className={css.words}>{t('colorSession.addAbout')}</p>
      <div className={css.cells}>
        {ORDERED.map(name => (
          <label key={name} className={css.field}>
            <span>
              {columnWords(name)}
              {NEEDED.some(known => known === name) ? <b title={t('colorSession.needed')}> *</b> : null}
            </span>
            <input
              value={cells[name] ?? ''}
              maxLength={2000}
              spellCheck={false}
              onChange={event => {
                const { value } = event.currentTarget
                setCells(before => ({ ...before, [name]: value }))
              }}
            />
          </label>
        ))}
      </div>
      {fault ? (
        <p className={css.bad} role="alert">
          {tellSession(fault).sentence}
        </p>
      ) : null}
      <div className={css.actions}>
        <Button size="compact-sm" variant="filled" type="submit" disabled={missing.length > 0}>
          {t('colorSession.addRow')}
        </Button>
        <span role="status" className={css.quiet}>
          {missing.length > 0
            ? t('colorSession.stillMissing', { columns: missing.map(columnWords).join(', ') })
            : added > 0
              ? t('colorSession.added', { count: added })
              : ''}
        </span>
      </div>
    </form>
  )
}

interface Refused {
  readonly cells: Cells
  readonly sentence: string
}

function AddPasted({ pasted, queue, onDone }: { pasted: PastedRows; queue: CommandQueue; onDone(): void }) {
  const { t } = useText()
  const [done, setDone] = useState<number | null>(null)
  const [refused, setRefused] = useState<readonly Refused[]>([])
  const columns = ORDERED.filter(name => pasted.rows.some(row => row[name] !== undefined)).slice(0, 6)
  async function add(): Promise<void> {
    const failed: Refused[] = []
    let count = 0
    setDone(0)
    for (const cells of pasted.rows)
      try {
        await queue.run({ kind: 'add', cells })
        setDone(++count)
      } catch (fault) {
        failed.push({ cells, sentence: tellSession(fault).sentence })
        setRefused([...failed])
      }
    if (failed.length === 0) onDone()
  }
  const rows = refused.length > 0 ? refused.map(({ cells }) => cells) : pasted.rows
  return (
    <>
      <p className={css.words}>{t('colorSession.pasteAbout', { count: pasted.rows.length })}</p>
      {pasted.unknown.length > 0 ? (
        <p className={css.warn}>{t('colorSession.pasteUnknown', { columns: pasted.unknown.join(', ') })}</p>
      ) : null}
      <div className={css.scroll}>
        <table className={css.list}>
          <thead>
            <tr>
              {columns.map(name => (
                <th key={name} scope="col">
                  {columnWords(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 50).map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a paste have nothing else to be known by
              <tr key={at} title={refused[at]?.sentence}>
                {columns.map(name => (
                  <td key={name}>{row[name] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {refused.length > 0 ? (
        <p className={css.bad} role="alert">
          {t('colorSession.pasteRefused', { count: refused.length, why: refused[0]!.sentence })}
        </p>
      ) : null}
      <div className={css.actions}>
        <Button size="compact-sm" variant="filled" disabled={done !== null} onClick={() => void add()}>
          {t('colorSession.pasteAdd', { count: pasted.rows.length })}
        </Button>
        <span role="status" className={css.quiet}>
          {done === null ? '' : t('colorSession.added', { count: done })}
        </span>
      </div>
    </>
  )
}
