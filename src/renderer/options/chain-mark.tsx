import { HeaderActions } from '../ui/form.tsx'
import { Age } from '../ui/liveness.tsx'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import type { ChainView } from './use-chain.ts'

/** Says in a panel's header what its chain is worth: simulated, live, delayed, kept or no longer heard. */
export function ChainMark({ view: { frame, isCut }, actions }: { view: ChainView; actions: HTMLElement | null }) {
  const { t } = useText()
  if (!frame) return null
  const provenance = isCut ? { ...frame.provenance, state: 'stale' as const } : frame.provenance
  return (
    <HeaderActions into={actions}>
      {provenance.state === 'demo' ? (
        <span className={css.demo} title={t('demo.says')}>
          {t('demo.word')}
        </span>
      ) : (
        <Age provenance={provenance} full />
      )}
    </HeaderActions>
  )
}
