import { useEffect } from 'react'
import type { PanelProps } from '../../panels.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { RulesDesk, type RulesParams } from './rules-desk.tsx'
import { useRuleBook } from './use-rules.ts'

/** The exclusion rules and presets of the color desk: written, tried on real history, explained, and taken back. */
export function Panel({ params, setParams, setTitle }: PanelProps<RulesParams>) {
  const { t } = useText()
  const { book, stream, take } = useRuleBook()
  useEffect(() => setTitle(t('panel.color-rules')), [setTitle, t])
  if (!book)
    return stream.error ? <Failure error={stream.error} retry={stream.retry} /> : <Loading waitsFor={t('colorRules.wait')} />
  return <RulesDesk book={book} take={take} params={params} setParams={setParams} />
}
