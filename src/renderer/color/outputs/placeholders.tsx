import type { MailPlaceholder, NamePlaceholder } from '../../../core/color/output-template.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Buttons that put a placeholder where the cursor of a field is, and give the keyboard back to the field. */
export function Placeholders({
  names,
  into,
  onChange,
}: {
  names: readonly (MailPlaceholder | NamePlaceholder)[]
  into(): Field | null
  onChange(value: string, field: Field): void
}) {
  const { t } = useText()
  const insert = (name: string) => {
    const field = into()
    if (!field) return
    const word = `{{${name}}}`
    const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length]
    onChange(field.value.slice(0, from) + word + field.value.slice(to), field)
    // After the value is drawn, else the cursor would stand before what was put there.
    requestAnimationFrame(() => {
      field.focus()
      field.setSelectionRange(from + word.length, from + word.length)
    })
  }
  return (
    <fieldset className={css.placeholders}>
      <legend className="visually-hidden">{t('outputs.mail.placeholders')}</legend>
      {names.map(name => (
        <button
          key={name}
          type="button"
          className={css.chip}
          title={t(`outputs.placeholder.${name}`)}
          onClick={() => insert(name)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}
