import { useState } from 'react'
import type { ColorQuery } from '../../../contract/color-search.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './search.module.css'
import type { Facets } from './use-search.ts'

const FIELDS = { SOURCE: 'sources', SECTOR: 'sectors', BIAS: 'biases', ASSET_CLASS: 'assetClasses' } as const
/** Values that are shown until more are asked for. */
const FEW = 8

/** Values of the columns that narrow a search, with how many rows there are of each. */
export function FacetList({
  facets,
  query,
  onQuery,
}: {
  facets: Facets
  query: ColorQuery
  onQuery(patch: Partial<ColorQuery>): void
}) {
  const { t } = useText()
  return (
    <aside className={css.facets} aria-label={t('colorSearch.narrow')}>
      {facets.facets.map(({ column, values }) => {
        const field = FIELDS[column]
        const chosen = query[field]
        if (values.length === 0) return null
        return (
          <Facet
            key={column}
            title={t(`colorSearch.facet.${column}`)}
            values={values}
            chosen={chosen}
            onChoose={next => onQuery({ [field]: next })}
          />
        )
      })}
    </aside>
  )
}

function Facet({
  title,
  values,
  chosen,
  onChoose,
}: {
  title: string
  values: Facets['facets'][number]['values']
  chosen: readonly string[]
  onChoose(next: string[]): void
}) {
  const { t } = useText()
  const format = useFormat()
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? values : values.filter(({ value }, k) => k < FEW || chosen.includes(value))
  return (
    <fieldset className={css.facet}>
      <legend>{title}</legend>
      {shown.map(({ value, rows }) => (
        <label key={value} title={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={event =>
              onChoose(event.currentTarget.checked ? [...chosen, value] : chosen.filter(other => other !== value))
            }
          />
          <span className={css.facetName}>{value}</span>
          <small className={css.facetCount}>{format.whole(rows)}</small>
        </label>
      ))}
      {values.length > shown.length || isWhole ? (
        <button type="button" className={css.more} onClick={() => setWhole(!isWhole)}>
          {isWhole ? t('colorSearch.fewer') : t('colorSearch.all', { count: values.length })}
        </button>
      ) : null}
    </fieldset>
  )
}
