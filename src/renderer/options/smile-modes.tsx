import { useText } from '../ui/text.ts'
import { Choice } from './choice.tsx'
import { SMILE_AXES } from './smile-model.ts'
import type { SmileProps } from './smile-panel.tsx'

/** The choices of a smile panel. */
export function SmileModes({ params, setParams, axis }: Pick<SmileProps, 'params' | 'setParams' | 'axis'>) {
  const { t } = useText()
  const isMap = params.mode === 'map'
  return (
    <>
      {isMap ? (
        <Choice
          label={t('smile.shows')}
          value={params.shows ?? 'fit'}
          options={(['fit', 'mid', 'residual'] as const).map(value => ({
            value,
            label: t(`smile.shows.${value}`),
            hint: t(`smile.showsHint.${value}`),
          }))}
          onChange={shows => setParams({ shows })}
        />
      ) : (
        <Choice
          label={t('smile.quotes')}
          value={params.quotes ?? 'otm'}
          options={(['otm', 'all'] as const).map(value => ({
            value,
            label: t(`smile.quotes.${value}`),
            hint: t(`smile.quotesHint.${value}`),
          }))}
          onChange={quotes => setParams({ quotes })}
        />
      )}
      <Choice
        label={t('smile.axis')}
        value={axis}
        options={SMILE_AXES.map(value => ({ value, label: t(`smile.short.${value}`), hint: t(`smile.axis.${value}`) }))}
        onChange={next => setParams({ axis: next })}
      />
      <Choice
        label={t('smile.mode')}
        value={isMap ? 'map' : 'smile'}
        options={(['smile', 'map'] as const).map(value => ({ value, label: t(`smile.mode.${value}`) }))}
        onChange={mode => setParams({ mode })}
      />
    </>
  )
}
