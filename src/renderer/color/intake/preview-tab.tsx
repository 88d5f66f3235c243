import { useRef, useState } from 'react'
import type { IntakePreview, IntakeReading, IntakeState, UploadWire } from '../../../contract/color-intake.ts'
import { useDesk } from '../../desk.tsx'
import { Progress } from '../../imports/import-progress.tsx'
import { receiveFile } from '../../lab/export-file.ts'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { type Translate, textOr, useText } from '../../ui/text.ts'
import css from './intake.module.css'
import { Idle } from './intake-idle.tsx'
import { PreviewGrid, type PreviewHandle } from './preview-grid.tsx'
import { problemName } from './problem-words.ts'
import { QualitySide } from './quality-side.tsx'
import type { IntakeStep, useIntake } from './use-intake.ts'

type Looking = IntakeStep & { readonly at: 'looking' }

/** A file on its way in: dropped, looked at, its columns chosen, put into the buffer. */
export function PreviewTab({
  flow,
  mayWrite,
  onState,
}: {
  flow: ReturnType<typeof useIntake>
  mayWrite: boolean
  onState(state: IntakeState): void
}) {
  const { t } = useText()
  const { step } = flow
  switch (step.at) {
    case 'idle':
      return <Idle onFile={file => void flow.send(file)} onDemo={mayWrite ? name => void flow.tryDemo(name) : null} />
    case 'sending':
      return (
        <Progress label={t('colorIntake.sending', { file: step.file })} done={step.sent} of={step.bytes} onCancel={flow.cancel} />
      )
    case 'reading':
      return <Loading waitsFor={t('colorIntake.reading', { file: step.file })} onCancel={flow.leave} />
    case 'keeping':
      return (
        <Progress
          label={t('colorIntake.keeping', { file: step.file })}
          done={flow.job?.progress ?? null}
          of={1}
          onCancel={flow.cancel}
        />
      )
    case 'failed':
      return <Failure error={step.error} retry={step.before ? () => flow.back(step.before!) : flow.leave} />
    case 'looking':
      return <Look key={step.preview.upload} {...{ step, flow, mayWrite, onState }} />
  }
}

function Look({
  step,
  flow,
  mayWrite,
  onState,
}: {
  step: Looking
  flow: ReturnType<typeof useIntake>
  mayWrite: boolean
  onState(state: IntakeState): void
}) {
  const { preview, reading, isReading } = step
  const grid = useRef<PreviewHandle>(null)
  const [kind, setKind] = useState<string | null>(null)
  const [past, setPast] = useState<readonly IntakeReading['mapping'][]>([])
  const again = (patch: Partial<IntakeReading>) => void flow.look({ ...reading, ...patch }, step)
  const map = (name: string, column: string | null) => {
    setPast(before => [...before, reading.mapping])
    // A column has one place: where it stood before it is not used any more.
    const others = preview.columns.filter(one => column !== null && one.column === column && one.name !== name)
    const freed = Object.fromEntries(others.map(one => [one.name, null]))
    again({ mapping: { ...reading.mapping, ...freed, [name]: column } })
  }
  const undo = () => {
    const before = past.at(-1)
    setPast(past.slice(0, -1))
    again({ mapping: before })
  }
  return (
    <section
      className={css.stack}
      aria-busy={isReading}
      aria-label={preview.file}
      onKeyDown={event => {
        if (event.key !== 'F8' || event.defaultPrevented) return
        event.preventDefault()
        grid.current?.nextProblem(event.shiftKey ? -1 : 1, kind)
      }}
    >
      <Bar {...{ step, mayWrite, flow, again }} undo={past.length > 0 ? undo : null} />
      <Notes {...{ preview, mayWrite, onState }} onAgain={() => again({ mapping: undefined })} />
      <Problems
        preview={preview}
        reading={reading}
        kind={kind}
        onKind={next => {
          setKind(next)
          grid.current?.nextProblem(1, next)
        }}
      />
      <div className={css.look}>
        <div className={css.stack}>
          <PreviewGrid preview={preview} canMap={!isReading} onMap={map} handle={grid} />
        </div>
        {preview.trouble ? null : <QualitySide preview={preview} />}
      </div>
    </section>
  )
}

function Bar({
  step,
  mayWrite,
  flow,
  again,
  undo,
}: {
  step: Looking
  mayWrite: boolean
  flow: ReturnType<typeof useIntake>
  again(patch: Partial<IntakeReading>): void
  undo: (() => void) | null
}) {
  const { t } = useText()
  const format = useFormat()
  const { preview, reading, isReading } = step
  const { counts } = preview
  const canPut = mayWrite && !preview.trouble && !isReading && counts.accepted + counts.quarantined > 0
  return (
    <header className={css.bar}>
      <strong className={css.file} title={preview.file}>
        {preview.file}
      </strong>
      <span className={css.quiet}>{format.bytes(preview.bytes)}</span>
      {preview.sheets.length > 1 ? (
        <label className={css.field}>
          {t('colorIntake.sheet')}
          <select value={preview.sheet ?? ''} onChange={event => again({ sheet: event.currentTarget.value, mapping: undefined })}>
            {preview.sheets.map(({ name, isHidden }) => (
              <option key={name} value={name}>
                {isHidden ? t('colorIntake.sheetHidden', { name }) : name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {preview.asksDayOrder || reading.dayOrder ? (
        <label className={css.field} data-asks={preview.asksDayOrder || undefined}>
          {t('colorIntake.dayOrder')}
          <select
            value={reading.dayOrder ?? ''}
            onChange={event => again({ dayOrder: (event.currentTarget.value || undefined) as IntakeReading['dayOrder'] })}
          >
            <option value="">{t('colorIntake.dayOrder.none')}</option>
            <option value="dmy">{t('colorIntake.dayOrder.dmy')}</option>
            <option value="mdy">{t('colorIntake.dayOrder.mdy')}</option>
          </select>
        </label>
      ) : null}
      <span className={css.counts}>
        {preview.trouble
          ? null
          : t('colorIntake.counts', {
              read: format.whole(counts.read),
              accepted: format.whole(counts.accepted),
              quarantined: format.whole(counts.quarantined),
              repeats: format.whole(counts.repeats),
              marked: format.whole(counts.marked),
            })}
        {preview.trouble ? null : (
          <span className={css.quiet}> · {t('colorIntake.seconds', { seconds: format.number(preview.seconds, 1) })}</span>
        )}
      </span>
      <span className={css.space} />
      {undo ? (
        <button type="button" className={css.secondary} onClick={undo} disabled={isReading}>
          {t('colorIntake.undoMapping')}
        </button>
      ) : null}
      <button type="button" className={css.secondary} onClick={flow.leave}>
        {t('colorIntake.another')}
      </button>
      <button type="button" className={css.primary} disabled={!canPut} onClick={() => void flow.submit(step)}>
        {t('colorIntake.put', { count: counts.accepted, rows: format.whole(counts.accepted) })}
      </button>
    </header>
  )
}

/** What is to be known before the file goes on. */
function Notes({
  preview,
  mayWrite,
  onState,
  onAgain,
}: {
  preview: IntakePreview
  mayWrite: boolean
  onState(state: IntakeState): void
  onAgain(): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const format = useFormat()
  const { trouble, learned, sameAs, notes, asksDayOrder } = preview
  const forget = async (previous: boolean) => {
    try {
      onState(await desk.color.intake.forget({ module: 'mappings', id: learned!.id, previous }))
      if (!previous) notify({ tone: 'good', text: t('colorIntake.forgotten'), key: 'color-intake' })
      onAgain()
    } catch (fault) {
      notifyFault(fault)
    }
  }
  return (
    <>
      {trouble ? (
        <p className={css.note} data-tone="bad" role="alert">
          {troubleSentence(t, trouble)}
        </p>
      ) : null}
      {asksDayOrder ? (
        <p className={css.note} data-tone="warn">
          {t('colorIntake.asksOrder')}
        </p>
      ) : null}
      {sameAs.slice(0, 1).map(same => (
        <p key={same.id} className={css.note} data-tone="warn">
          {t('colorIntake.same', {
            name: same.name,
            at: format.instant(same.at, 'dateMinute'),
            user: same.user,
            status: statusWords(t, same),
          })}
        </p>
      ))}
      {learned ? (
        <p className={css.note}>
          {t('colorIntake.learned', { user: learned.user, name: learned.name })}
          {mayWrite ? (
            <>
              <button type="button" className={css.link} onClick={() => void forget(true)}>
                {t('colorIntake.previous')}
              </button>
              <button type="button" className={css.link} onClick={() => void forget(false)}>
                {t('colorIntake.forget')}
              </button>
            </>
          ) : null}
        </p>
      ) : null}
      {notes.length > 0 ? <p className={css.note}>{notes.map(note => noteWords(note)).join(' · ')}</p> : null}
    </>
  )
}

function troubleSentence(t: Translate, { kind, columns, headers }: NonNullable<IntakePreview['trouble']>): string {
  const listed = columns.join(', ')
  if (kind === 'column-missing') return t('colorIntake.trouble.column-missing', { columns: listed })
  if (kind === 'column-twice') return t('colorIntake.trouble.column-twice', { columns: listed, headers: headers.join(', ') })
  return t(`colorIntake.trouble.${kind}`)
}

const noteWords = ({ kind, count, text }: IntakePreview['notes'][number]) =>
  textOr(`colorIntake.note.${kind}`, kind)
    .replace('{count}', `${count}`)
    .replace('{text}', () => text)

/** What became of an upload. */
export function statusWords(t: Translate, { status, runNumber, message }: UploadWire): string {
  if (status === 'published' && runNumber !== null) return t('colorIntake.status.publishedBy', { run: runNumber })
  if (status === 'failed' && message) return t('colorIntake.status.failedFor', { message })
  if (status === 'removed' && message) return t('colorIntake.status.removedFor', { message })
  return t(`colorIntake.status.${status}`)
}

/** Each kind of problem with its count; one that is pressed leads to its next cell. */
function Problems({
  preview,
  reading,
  kind,
  onKind,
}: {
  preview: IntakePreview
  reading: IntakeReading
  kind: string | null
  onKind(kind: string | null): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const format = useFormat()
  const { byKind, problems, trouble } = preview
  if (trouble) return null
  const total = byKind.reduce((sum, one) => sum + one.count, 0)
  const save = async () => {
    const file = `${preview.file.replace(/\.[^.]*$/, '')}-problems.csv`
    try {
      const count = await receiveFile(await desk.color.intake.problems(reading), file, 'csv', () => {})
      notify({ tone: 'good', text: t('colorIntake.problemsSaved', { file, count }), key: 'color-intake' })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  if (total === 0) return <p className={css.note}>{t('colorIntake.noProblems')}</p>
  return (
    <fieldset className={css.chips} aria-label={t('colorIntake.problems')}>
      {byKind.map(one => (
        <button
          key={one.kind}
          type="button"
          className={css.chip}
          data-tone={one.outcome === 'quarantine' ? 'bad' : 'warn'}
          aria-pressed={kind === one.kind}
          onClick={() => onKind(one.kind)}
        >
          {one.outcome === 'quarantine' ? '✗' : '!'} {problemName(t, one.kind)} <b>{format.whole(one.count)}</b>
        </button>
      ))}
      <button type="button" className={css.link} onClick={() => onKind(null)}>
        {t('colorIntake.next')}
      </button>
      <span className={css.space} />
      {problems.length < total ? (
        <span className={css.quiet}>{t('colorIntake.listed', { count: format.whole(problems.length) })}</span>
      ) : null}
      <button type="button" className={css.link} onClick={() => void save()}>
        {t('colorIntake.allProblems')}
      </button>
    </fieldset>
  )
}
