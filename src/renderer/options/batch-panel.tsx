import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { BatchPreview } from '../../contract/options-risk.ts'
import { AMERICAN_SCHEME_NAMES } from '../../core/options/american-scheme.ts'
import { BATCH_KINDS, type BatchKind } from '../../core/options/batch-columns.ts'
import { useDesk } from '../desk.tsx'
import { useFileDrop } from '../imports/file-drop.ts'
import css from '../imports/imports.module.css'
import { receiveFile } from '../lab/export-file.ts'
import type { PanelProps } from '../panels.ts'
import { DropPlace } from '../ui/drop-place.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import own from './batch.module.css'
import { BatchDone } from './batch-done.tsx'
import { Choice } from './choice.tsx'
import { type BatchChoice, type KeptBatch, useBatch } from './use-batch.ts'

/** Files of options: price or invert every row, with the answers as a file. */
export function Panel({ params, setParams, setTitle }: PanelProps<KeptBatch>) {
  const { t } = useText()
  const desk = useDesk()
  const panel = useRef<HTMLDivElement>(null)
  const keep = useCallback((next: KeptBatch) => setParams(next), [setParams])
  const flow = useBatch(params, keep)
  const { step, send } = flow
  const take = useCallback((file: File) => void send(file), [send])
  const isOver = useFileDrop(panel, take)
  useEffect(() => setTitle(t('panel.options-batch')), [setTitle, t])
  const download = async (job: string, file: string) => {
    const name = `${file.replace(/\.[^.]*$/, '')}-answers.csv`
    try {
      const rows = await receiveFile(await desk.options.risk.batchDownload({ job }), name, 'csv', () => {})
      notify({ tone: 'good', text: t('batch.saved', { file: name, count: rows }), key: 'batch' })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  return (
    <div ref={panel} className={css.panel} data-over={isOver}>
      {step.at === 'idle' ? <Start onFile={take} /> : null}
      {step.at === 'sending' ? (
        <Progress
          label={t('import.sending', { file: step.file })}
          share={step.bytes === 0 ? 0 : step.sent / step.bytes}
          onCancel={flow.cancel}
        />
      ) : null}
      {step.at === 'reading' ? <Loading waitsFor={t('import.readingOf', { file: step.file })} onCancel={flow.reset} /> : null}
      {step.at === 'choosing' ? (
        <Chooser
          key={step.preview.upload}
          preview={step.preview}
          onStart={choice => void flow.start(step.preview, choice)}
          onLeave={flow.reset}
        />
      ) : null}
      {step.at === 'working' ? (
        <Progress
          label={t('batch.working', { file: step.preview?.file ?? flow.job?.subject ?? '' })}
          share={flow.job?.progress ?? null}
          detail={flow.job?.detail ? t('batch.rowsSoFar', { count: Number(flow.job.detail) }) : null}
          onCancel={flow.cancel}
        />
      ) : null}
      {step.at === 'done' ? (
        <BatchDone
          report={step.report}
          onSave={() => void download(step.job, step.report.file)}
          onAgain={step.preview ? () => flow.back(step.preview!) : null}
          onAnother={flow.reset}
        />
      ) : null}
      {step.at === 'failed' ? (
        <div className={css.failed}>
          <Failure error={step.error} retry={step.preview ? () => flow.back(step.preview!) : flow.reset} />
        </div>
      ) : null}
      {isOver ? <div className={css.over}>{t('batch.dropHere')}</div> : null}
    </div>
  )
}

const EXAMPLES = ['S,K,days,vol,r,q,cp', 'F,K,T,price,cp'] as const

function Start({ onFile }: { onFile(file: File): void }) {
  const { t } = useText()
  return (
    <>
      <DropPlace says={t('batch.drop')} pick={t('import.pick')} accept=".csv,.tsv,.txt" onFile={onFile} />
      <dl className={own.about}>
        <dt>{t('batch.columns')}</dt>
        <dd>
          {EXAMPLES.map(line => (
            <code key={line}>{line}</code>
          ))}
        </dd>
        <dd>{t('batch.columnsSays')}</dd>
        {BATCH_KINDS.map(kind => (
          <KindSays key={kind} kind={kind} />
        ))}
      </dl>
    </>
  )
}

function KindSays({ kind }: { kind: BatchKind }) {
  const { t } = useText()
  return (
    <>
      <dt>{t(`batch.kind.${kind}`)}</dt>
      <dd>{t(`batch.kindSays.${kind}`)}</dd>
    </>
  )
}

/** What the file has, and what is to be done with it. */
function Chooser({ preview, onStart, onLeave }: { preview: BatchPreview; onStart(choice: BatchChoice): void; onLeave(): void }) {
  const { t } = useText()
  const format = useFormat()
  const [kind, setKind] = useState<BatchKind>(preview.suggested)
  const [scheme, setScheme] = useState(preview.suggestedScheme)
  const [model, setModel] = useState<BatchChoice['model']>('usual')
  const missing = preview.missing[kind] ?? []
  const onForward = preview.columns.some(({ field }) => field === 'forward')
  const usesScheme = kind === 'american' || (kind === 'iv' && model === 'american')
  const models = (['usual', 'bachelier', 'american'] as const).filter(
    name => name === 'usual' || (name === 'bachelier' ? onForward && kind !== 'american' : kind === 'iv'),
  )
  const chosen = models.includes(model) ? model : 'usual'
  return (
    <div className={css.stack}>
      <header className={css.head}>
        <strong className={css.file} title={preview.file}>
          {preview.file}
        </strong>
        <span className={css.quiet}>
          {format.bytes(preview.bytes)} ·{' '}
          {preview.rows.length < preview.about
            ? t('batch.about', { count: preview.about })
            : t('sql.rows', { count: preview.about })}
        </span>
        <span className={css.space} />
        <button type="button" className={css.secondary} onClick={onLeave}>
          {t('import.drop.cancel')}
        </button>
        <button
          type="button"
          className={css.primary}
          disabled={missing.length > 0}
          onClick={() => onStart({ kind, scheme, model: chosen })}
        >
          {t('batch.start')}
        </button>
      </header>
      <div className={own.form}>
        <Choice
          label={t('batch.what')}
          value={kind}
          options={BATCH_KINDS.map(value => ({ value, label: t(`batch.kind.${value}`), hint: t(`batch.kindSays.${value}`) }))}
          onChange={value => setKind(value)}
        />
        {models.length > 1 ? (
          <Choice
            label={t('batch.model')}
            value={chosen}
            options={models.map(value => ({ value, label: t(`batch.model.${value}`), hint: t(`batch.modelSays.${value}`) }))}
            onChange={value => setModel(value)}
          />
        ) : null}
        {usesScheme ? (
          <Choice
            label={t('batch.scheme')}
            value={scheme}
            options={AMERICAN_SCHEME_NAMES.map(value => ({
              value,
              label: t(`batch.scheme.${value}`),
              hint: t(`batch.schemeSays.${value}`),
            }))}
            onChange={value => setScheme(value)}
          />
        ) : null}
      </div>
      {missing.length > 0 ? (
        <p className={css.note} data-tone="warn" role="alert">
          {t('batch.missing', {
            columns: missing.map(need => need.replace('|', ' / ')).join(', '),
            kind: t(`batch.kind.${kind}`),
          })}
        </p>
      ) : null}
      <Preview preview={preview} />
    </div>
  )
}

/** The first rows of the file under what their columns were recognised as. */
function Preview({ preview }: { preview: BatchPreview }) {
  const { t } = useText()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by the keyboard
    <section className={css.preview} tabIndex={0} aria-label={t('batch.preview')}>
      <table>
        <thead>
          <tr>
            {preview.columns.map(({ name, field }) => (
              <th key={name} scope="col" data-role={field === null ? 'skip' : undefined}>
                <span className={css.columnName}>{name}</span>
                <span className={own.field} data-known={field !== null}>
                  {field === null ? t('batch.passedOver') : t(`batch.field.${field}`)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <tr key={k}>
              {preview.columns.map(({ name, field }, at) => (
                <td key={name} data-role={field === null ? 'skip' : undefined}>
                  {row[at] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Progress({
  label,
  share,
  detail = null,
  onCancel,
}: {
  label: string
  share: number | null
  detail?: ReactNode
  onCancel(): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.progress} role="status">
      <span>{label}</span>
      <progress value={share ?? undefined} max={1} aria-label={label} />
      <span className={css.quiet}>{detail ?? (share === null ? '' : format.percent(share, { decimals: 0 }))}</span>
      <button type="button" className={css.secondary} onClick={onCancel}>
        {t('import.cancel')}
      </button>
    </div>
  )
}
