import { useState } from 'react'
import type { ChainFilePreview, ChainFileReport, ChainMapping } from '../../contract/options-files.ts'
import { CHAIN_ROLES } from '../../core/options/read-chain/roles.ts'
import { useFormat } from '../ui/format.ts'
import { Failure } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { CHAIN_NAME, ChainForm } from './chain-form.tsx'
import { ChainCounts, ChainProblems } from './chain-report.tsx'
import { Progress } from './import-progress.tsx'
import css from './imports.module.css'
import { Choice } from './mapping-form.tsx'
import { useChainFile } from './use-chain-file.ts'

/** A guess below this is marked as one to look at. */
const SURE = 0.6
const SHOWN = 50

/** A chain file from its preview to the stored chain. */
export function ChainImport({
  preview: first,
  names,
  onStored,
  onOpen,
  onSeries,
  onReset,
}: {
  preview: ChainFilePreview
  /** Chains of files that are there. */
  names: readonly string[]
  onStored(): void
  onOpen(underlying: string): void
  /** The file is no chain after all. */
  onSeries(): void
  onReset(): void
}) {
  const { t } = useText()
  const flow = useChainFile(first, onStored)
  const { step } = flow
  const [name, setName] = useState(first.suggestedName)
  if (step.at === 'working')
    return (
      <Progress
        label={t('import.importing', { file: step.preview.file })}
        done={flow.job?.progress ?? null}
        of={1}
        detail={flow.job?.detail ?? null}
        onCancel={flow.cancel}
      />
    )
  if (step.at === 'failed')
    return (
      <div className={css.failed}>
        <Failure error={step.error} retry={() => flow.back(step.preview)} />
      </div>
    )
  if (step.at === 'done') return <Done report={step.report} onOpen={onOpen} onReset={onReset} />
  return (
    <Chooser {...{ preview: step.preview, isReading: step.isReading, name, onName: setName, names, flow, onSeries, onReset }} />
  )
}

function Chooser({
  preview,
  isReading,
  name,
  onName,
  names,
  flow,
  onSeries,
  onReset,
}: {
  preview: ChainFilePreview
  isReading: boolean
  name: string
  onName(name: string): void
  names: readonly string[]
  flow: ReturnType<typeof useChainFile>
  onSeries(): void
  onReset(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const [replace, setReplace] = useState(false)
  const isThere = names.includes(name)
  const { mapping, trouble } = preview
  const hasRows = preview.accepted > 0
  const canStart =
    CHAIN_NAME.test(name) && (!isThere || replace) && trouble === null && hasRows && mapping.underlying !== '' && !isReading
  const change = (patch: Partial<ChainMapping>) => void flow.again(preview, { ...mapping, ...patch })
  const form = (patch: Partial<ChainMapping>) => {
    const { encoding, delimiter, decimal, headerRows } = { ...mapping, ...patch }
    void flow.again(preview, { encoding, delimiter, decimal, headerRows })
  }
  return (
    <div className={css.stack} aria-busy={isReading}>
      <header className={css.head}>
        <strong className={css.file} title={preview.file}>
          {preview.file}
        </strong>
        <span className={css.tag}>{t('chainFile.tag')}</span>
        <span className={css.quiet}>{isReading ? t('chainFile.reading') : format.bytes(preview.bytes)}</span>
        <span className={css.space} />
        {isThere ? (
          <label className={css.replace}>
            <input type="checkbox" checked={replace} onChange={event => setReplace(event.currentTarget.checked)} />
            {t('import.replace', { series: name })}
          </label>
        ) : null}
        <button type="button" className={css.secondary} onClick={onSeries}>
          {t('chainFile.asSeries')}
        </button>
        <button type="button" className={css.secondary} onClick={onReset}>
          {t('import.drop.cancel')}
        </button>
        <button
          type="button"
          className={css.primary}
          disabled={!canStart}
          title={
            mapping.underlying === ''
              ? t('chainFile.note.no-underlying')
              : isThere && !replace
                ? t('chainFile.exists', { name })
                : ''
          }
          onClick={() => void flow.start(preview, { name, replace })}
        >
          {t('import.start')}
        </button>
      </header>
      {preview.sameAs ? (
        <p className={css.note} data-tone="warn">
          {t('chainFile.sameAs', { name: preview.sameAs.replace(/^file:/, '') })}
        </p>
      ) : null}
      {trouble ? (
        <p className={css.note} data-tone="warn" role="alert">
          {t(`chainFile.trouble.${trouble}`)}
        </p>
      ) : hasRows ? null : (
        <p className={css.note} data-tone="warn" role="alert">
          {t('chainFile.nothing')}
        </p>
      )}
      {preview.notes.map(note => (
        <p key={note} className={css.note} data-tone={note === 'no-underlying' ? 'warn' : undefined}>
          {t(`chainFile.note.${note}`)}
        </p>
      ))}
      <ChainCounts counts={preview} mapping={mapping} spot={preview.spot} asOf={preview.asOf} />
      <ChainForm preview={preview} name={name} onName={onName} onMapping={change} onForm={form} />
      <Rows
        preview={preview}
        onRole={(at, role) => change({ columns: mapping.columns.map((one, k) => (k === at ? { ...one, role } : one)) })}
      />
      <ChainProblems counts={preview} />
    </div>
  )
}

function Done({ report, onOpen, onReset }: { report: ChainFileReport; onOpen(underlying: string): void; onReset(): void }) {
  const { t } = useText()
  return (
    <div className={css.stack}>
      <header className={css.head}>
        <strong>{t('chainFile.done', { name: report.name })}</strong>
        <span className={css.space} />
        <button type="button" className={css.primary} onClick={() => onOpen(report.underlying)}>
          {t('chainFile.open')}
        </button>
        <button type="button" className={css.secondary} onClick={onReset}>
          {t('import.another')}
        </button>
      </header>
      <ChainCounts counts={report} mapping={null} spot={null} asOf={report.asOf} />
      <ChainProblems counts={report} />
    </div>
  )
}

function Rows({
  preview,
  onRole,
}: {
  preview: ChainFilePreview
  onRole(at: number, role: ChainMapping['columns'][number]['role']): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { mapping, confidence } = preview
  return (
    <div className={css.preview}>
      <table aria-label={t('import.previewOf', { file: preview.file })}>
        <thead>
          <tr>
            {mapping.columns.map(({ name, role }, at) => {
              const isUnsure = role !== 'skip' && (confidence[at] ?? 1) < SURE
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a file may have two columns of one name, and columns never move
                <th key={at} scope="col" data-role={role} data-unsure={isUnsure}>
                  <span className={css.columnName} title={name}>
                    {name || t('import.column', { number: at + 1 })}
                  </span>
                  <Choice
                    value={role}
                    of={CHAIN_ROLES}
                    word={known => t(`chainFile.role.${known}`)}
                    label={t('import.roleOf', { column: name || String(at + 1) })}
                    onChange={next => onRole(at, next)}
                  />
                  <span className={css.sure}>
                    {isUnsure ? `⚠ ${t('import.unsure', { share: format.percent(confidence[at], { decimals: 0 }) })}` : '\u00a0'}
                  </span>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {preview.rows.slice(0, SHOWN).map((row, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <tr key={k}>
              {mapping.columns.map(({ role }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={at} data-role={role}>
                  {row[at] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
