/** Why something is not done to a session of colors, by kind, as it stands in SESSION_REFUSED; `{name}` is filled from its details. */
const SESSION_REASONS = {
  saved: { en: 'the session is published', es: 'la sesión está publicada' },
  discarded: { en: 'the session was discarded; bring it back first', es: 'la sesión se descartó; recupérela primero' },
  'nothing-to-undo': { en: 'there is nothing to undo', es: 'no hay nada que deshacer' },
  'nothing-to-redo': { en: 'there is nothing to redo', es: 'no hay nada que rehacer' },
  'nothing-to-publish': { en: 'no row is left to publish', es: 'no queda ninguna fila que publicar' },
  'nothing-waiting': { en: 'no upload waits that is not here already', es: 'no espera ninguna carga que no esté ya aquí' },
  'no-rules': { en: 'no rule is active', es: 'ninguna regla está activa' },
  'empty-note': { en: 'the note is empty', es: 'la nota está vacía' },
  'unknown-row': { en: 'there is no row {rowId} in this session', es: 'no hay ninguna fila {rowId} en esta sesión' },
  'unknown-upload': { en: 'no rows of that upload are here', es: 'aquí no hay filas de esa carga' },
  'unknown-field': { en: 'there is no column {field}', es: 'no existe la columna {field}' },
  'not-editable': { en: '{field} follows from other columns', es: '{field} se deduce de otras columnas' },
  missing: { en: '{field} may not be empty', es: '{field} no puede estar vacía' },
  unreadable: { en: '{field} cannot be read from {found}', es: '{field} no se puede leer de {found}' },
  'out-of-range': { en: '{found} is not a possible {field}', es: '{found} no es un valor posible de {field}' },
  'same-row': { en: 'the same row is there already, as {rowId}', es: 'la misma fila ya está, como {rowId}' },
  'rule-unusable': { en: 'the rule {ruleId} cannot be used in {field}', es: 'la regla {ruleId} no se puede usar en {field}' },
  'cannot-convert': {
    en: 'rows that cannot be converted: {count}, the first in {field}. Correct or delete them',
    es: 'filas que no se pueden convertir: {count}, la primera en {field}. Corríjalas o elimínelas',
  },
  'upload-removed': {
    en: '{names} was removed from the buffer. Bring it back there, or take its rows out of this session',
    es: '{names} se quitó del búfer. Recupérela allí o quite sus filas de esta sesión',
  },
  'not-entitled': {
    en: 'it holds rows of asset classes that are not yours',
    es: 'contiene filas de clases de activo que no son suyas',
  },
  'file-damaged': {
    en: 'the file {file} of the session is missing or damaged. Restore a backup, or discard the session',
    es: 'el archivo {file} de la sesión falta o está dañado. Restaure una copia o descarte la sesión',
  },
} as const

export type SessionReason = keyof typeof SESSION_REASONS

/** A reason in words. */
export function sessionReason(
  kind: SessionReason,
  details: Readonly<Record<string, unknown>>,
  language: 'en' | 'es' = 'en',
): string {
  return SESSION_REASONS[kind][language].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}
