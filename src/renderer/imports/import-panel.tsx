import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { ImportPreview, Mapping } from '../../contract/imports.ts'
import type { JobState } from '../../contract/system.ts'
import { useApp } from '../app-context.tsx'
import { useDesk } from '../desk.tsx'
import type { ChartParams } from '../market/chart-params.ts'
import type { PanelProps } from '../panels.ts'
import { DropPlace } from '../ui/drop-place.tsx'
import { useFormat } from '../ui/format.ts'
import type { GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { ChainFileList, fileChainName, useChainFiles } from './chain-file-list.tsx'
import { ChainImport } from './chain-import.tsx'
import { useFileDrop, useOfferedFile } from './file-drop.ts'
import { Progress } from './import-progress.tsx'
import css from './imports.module.css'
import { MappingForm, needsTimeframe, SERIES_NAME } from './mapping-form.tsx'
import { PreviewTable } from './preview-table.tsx'
import { ReportView } from './report-view.tsx'
import { SeriesList, useSeries } from './series-list.tsx'
import { type Kept, useImport } from './use-import.ts'

/** What an import panel remembers. */
export interface ImportParams extends Kept {
  readonly grid?: GridLayout
}

const FILES = '.csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz'

/** Files into series: dropped or picked, looked at, tried, imported; and the series there are. */
export function Panel({ params, setParams }: PanelProps<ImportParams>) {
  const { t } = useText()
  const desk = useDesk()
  const { bench } = useApp()
  const panel = useRef<HTMLDivElement>(null)
  const [turn, setTurn] = useState(0)
  const known = useSeries(turn)
  const chains = useChainFiles()
  const keep = useCallback((next: Kept) => setParams(next), [setParams])
  const flow = useImport(params, keep, () => setTurn(before => before + 1))
  const { step, send } = flow
  const take = useCallback((file: File) => void send(file), [send])
  const isOver = useFileDrop(panel, take)
  const [offered, takeOffered] = useOfferedFile()
  useEffect(() => {
    if (!offered) return
    takeOffered()
    take(offered)
  }, [offered, take, takeOffered])

  const chart = async (name: string) => {
    try {
      const [{ instruments }, { series }] = await Promise.all([
        desk.market.search({ text: name, limit: 50 }),
        desk.market.series(),
      ])
      const found = instruments.find(
        ({ assetClass, symbol }) => assetClass === 'series' && symbol.toLowerCase() === name.toLowerCase(),
      )
      const info = series.find(known => known.name === name)
      const params: ChartParams = {
        ...(info?.timeframe ? { timeframe: info.timeframe } : {}),
        ...(info?.kind === 'values' ? { style: 'line', showVolume: false } : {}),
      }
      bench.open('chart', { subject: found?.id ?? name, link: null, params })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const openChain = (chain: string) => bench.open('options-chain', { subject: null, link: null, params: { chain } })
  const isWide = step.at === 'chain' || step.at === 'choosing' || step.at === 'done' || step.at === 'working'
  return (
    <div ref={panel} className={css.panel} data-over={isOver}>
      {step.at === 'idle' ? <DropPlace says={t('import.drop')} pick={t('import.pick')} accept={FILES} onFile={take} /> : null}
      {step.at === 'sending' ? (
        <Progress label={t('import.sending', { file: step.file })} done={step.sent} of={step.bytes} onCancel={flow.cancel} />
      ) : null}
      {step.at === 'reading' ? <Loading waitsFor={t('import.readingOf', { file: step.file })} onCancel={flow.reset} /> : null}
      {step.at === 'chain' ? (
        <ChainImport
          key={step.preview.upload}
          preview={step.preview}
          names={chains.map(({ key }) => fileChainName(key))}
          onStored={flow.forget}
          onOpen={openChain}
          onSeries={() => void flow.asSeries(step.preview.upload, step.preview.file)}
          onReset={flow.reset}
        />
      ) : null}
      {step.at === 'choosing' ? (
        <Chooser
          key={`${step.preview.upload}${step.preview.mapping.delimiter}${step.preview.mapping.encoding}${step.preview.mapping.headerRows}${step.preview.mapping.decimal}`}
          preview={step.preview}
          flow={flow}
          seriesNames={known.series?.map(({ name }) => name) ?? []}
        />
      ) : null}
      {step.at === 'working' ? <Working step={step} job={flow.job} onCancel={flow.cancel} /> : null}
      {step.at === 'done' ? (
        <div className={css.stack}>
          <header className={css.head}>
            <strong>{t('import.doneTitle', { series: step.report.series })}</strong>
            <span className={css.space} />
            <button type="button" className={css.primary} onClick={() => void chart(step.report.series)}>
              {t('import.chartIt')}
            </button>
            <button type="button" className={css.secondary} onClick={flow.reset}>
              {t('import.another')}
            </button>
          </header>
          <ReportView report={step.report} job={step.job} />
        </div>
      ) : null}
      {step.at === 'failed' ? (
        <div className={css.failed}>
          <Failure error={step.error} retry={step.preview ? () => flow.back(step.preview!) : flow.reset} />
        </div>
      ) : null}
      {isWide ? null : <ChainFileList chains={chains} onOpen={openChain} />}
      {isWide ? null : (
        <SeriesList
          known={known}
          layout={params.grid ?? {}}
          onLayout={patch => setParams({ grid: { ...params.grid, ...patch } })}
          onChart={name => void chart(name)}
        />
      )}
      {isOver ? <div className={css.over}>{t('import.dropHere')}</div> : null}
    </div>
  )
}

/** The preview with every guess, and what to do with it. */
function Chooser({
  preview,
  flow,
  seriesNames,
}: {
  preview: ImportPreview
  flow: ReturnType<typeof useImport>
  seriesNames: readonly string[]
}) {
  const { t } = useText()
  const format = useFormat()
  const [mapping, setMapping] = useState<Mapping>(preview.mapping)
  const [name, setName] = useState(preview.suggestedName)
  const [replace, setReplace] = useState(false)
  const isThere = seriesNames.includes(name)
  const canTry = SERIES_NAME.test(name) && !needsTimeframe(mapping)
  const canStart = canTry && (!isThere || replace)
  const change = (patch: Partial<Mapping>) => setMapping(before => ({ ...before, ...patch }))
  const start = (dryRun: boolean) => void flow.start(preview, { series: name, mapping, dryRun, replace: replace || dryRun })
  return (
    <div className={css.stack}>
      <header className={css.head}>
        <strong className={css.file} title={preview.file}>
          {preview.file}
        </strong>
        <span className={css.quiet}>
          {format.bytes(preview.bytes)} · {preview.mapping.format.toUpperCase()}
        </span>
        <span className={css.space} />
        {isThere ? (
          <label className={css.replace}>
            <input type="checkbox" checked={replace} onChange={event => setReplace(event.currentTarget.checked)} />
            {t('import.replace', { series: name })}
          </label>
        ) : null}
        <button type="button" className={css.secondary} onClick={() => void flow.asChain(preview.upload, preview.file)}>
          {t('chainFile.asChain')}
        </button>
        <button type="button" className={css.secondary} onClick={flow.reset}>
          {t('import.drop.cancel')}
        </button>
        <button type="button" className={css.secondary} onClick={() => start(true)} disabled={!canTry}>
          {t('import.try')}
        </button>
        <button
          type="button"
          className={css.primary}
          onClick={() => start(false)}
          disabled={!canStart}
          title={
            needsTimeframe(mapping)
              ? t('import.timeframeNeeded')
              : isThere && !replace
                ? t('import.existsHint', { series: name })
                : ''
          }
        >
          {t('import.start')}
        </button>
      </header>
      {preview.sameAs ? <Note tone="warn">{t('import.sameAs', { series: preview.sameAs })}</Note> : null}
      {preview.notes.map(note => (
        <Note key={note}>{note}</Note>
      ))}
      <MappingForm
        mapping={mapping}
        name={name}
        onName={setName}
        onMapping={change}
        onForm={patch => {
          const { encoding, delimiter, decimal, headerRows, timeZone, unit } = { ...mapping, ...patch }
          void flow.again({ ...preview, suggestedName: name }, { encoding, delimiter, decimal, headerRows, timeZone, unit })
        }}
      />
      {flow.trial ? (
        <div className={css.trial}>
          <h3>{t('import.trialTitle')}</h3>
          <ReportView report={flow.trial.report} job={flow.trial.job} />
        </div>
      ) : null}
      <PreviewTable
        preview={preview}
        mapping={mapping}
        onRole={(at, role) => change({ columns: mapping.columns.map((column, k) => (k === at ? { ...column, role } : column)) })}
      />
    </div>
  )
}

function Working({
  step,
  job,
  onCancel,
}: {
  step: { readonly preview: ImportPreview | null; readonly dryRun: boolean }
  job: JobState | null
  onCancel(): void
}) {
  const { t } = useText()
  const file = step.preview?.file ?? job?.subject ?? ''
  return (
    <Progress
      label={step.dryRun ? t('import.trying', { file }) : t('import.importing', { file })}
      done={job?.progress ?? null}
      of={1}
      detail={job?.detail ?? null}
      onCancel={onCancel}
    />
  )
}

function Note({ tone, children }: { tone?: 'warn'; children: ReactNode }) {
  return (
    <p className={css.note} data-tone={tone}>
      {children}
    </p>
  )
}
