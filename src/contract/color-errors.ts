import * as z from 'zod'
import { OUTPUT_ERRORS } from './color-outputs-errors.ts'
import { COLOR_SOURCE_ERRORS } from './color-sources-errors.ts'

const text = z.string()

/** Why something of the color desk cannot be done; part of the catalogue in errors.ts. */
export const COLOR_ERRORS = {
  ...OUTPUT_ERRORS,
  ...COLOR_SOURCE_ERRORS,
  CONFIG_UNKNOWN: {
    status: 404,
    message: 'There is no {module} entry {id} any more. The list shows those there are; the log can bring a removed one back.',
    es: 'La entrada {id} de {module} ya no existe. La lista muestra las que hay; el registro puede recuperar una eliminada.',
    data: z.object({ module: text, id: text }),
  },
  CONFIG_CHANGED: {
    status: 409,
    message: '{name} was changed by {user} meanwhile. Look at the newer state, then save again.',
    es: '{user} ha cambiado {name} entretanto. Vea el estado más reciente y guarde de nuevo.',
    data: z.object({ name: text, user: text }),
  },
  CONFIG_NAME_TAKEN: {
    status: 409,
    message: 'Another one is already called {name}. Choose another name.',
    es: 'Ya hay otro llamado {name}. Elija otro nombre.',
    data: z.object({ name: text }),
  },
  CONFIG_INVALID: {
    status: 422,
    message: 'It was not saved: {reason}.',
    es: 'No se ha guardado: {reason}.',
    data: z.object({ reason: text }),
  },
  RULE_CASES_FAILED: {
    status: 409,
    message: '{rule} does not do with {cases} what was expected of it. Look at the cases, or save it anyway.',
    es: '{rule} no hace con {cases} lo que se esperaba. Revise los casos o guárdela de todos modos.',
    data: z.object({ rule: text, cases: text, failed: z.array(z.object({ rule: text, case: text })) }),
  },
  REVERT_CONFLICT: {
    status: 409,
    message: '{name} was changed again after that. Look at the three states and confirm which one you want.',
    es: '{name} se volvió a cambiar después. Vea los tres estados y confirme cuál quiere.',
    data: z.object({ name: text }),
  },
  REVERT_IMPOSSIBLE: {
    status: 409,
    message: 'That change cannot be taken back: {reason}.',
    es: 'Ese cambio no se puede revertir: {reason}.',
    data: z.object({ reason: text }),
  },
  SESSION_UNKNOWN: {
    status: 404,
    message: 'There is no color session {session}. The list shows those that are open.',
    es: 'No existe la sesión de color {session}. La lista muestra las abiertas.',
    data: z.object({ session: text }),
  },
  SESSION_REFUSED: {
    status: 409,
    message: 'That was not done: {reason}.',
    es: 'No se ha hecho: {reason}.',
    data: z.object({
      reason: text,
      /** As in color-session-reasons.ts, which has the words of both languages. */
      kind: text,
      details: z.record(text, z.union([text, z.number()])).optional(),
      /** Cells that cannot be converted into output, the first thousand of them. */
      cells: z.array(z.object({ rowId: text, column: text, problem: text, found: text })).optional(),
    }),
  },
  SESSION_MOVED: {
    status: 409,
    message: 'The session was changed elsewhere meanwhile. Look at what it holds now, then do it again.',
    es: 'La sesión cambió entretanto en otro lugar. Vea lo que contiene ahora y repítalo.',
    data: z.object({ session: text }),
  },
  UPLOADS_TAKEN: {
    status: 409,
    message: 'Rows of {names} were already published by {by}. Take them out of this session, or discard it.',
    es: 'Las filas de {names} ya las publicó {by}. Quítelas de esta sesión o descártela.',
    data: z.object({ names: text, by: text }),
  },
  BUFFER_UNKNOWN: {
    status: 404,
    message: 'That upload is no longer waiting. The history shows what became of it.',
    es: 'Esa carga ya no está en espera. El historial muestra qué fue de ella.',
    data: z.object({ upload: text }),
  },
  RUN_UNKNOWN: {
    status: 404,
    message: 'There is no run {run}. The history lists those there are.',
    es: 'No existe la ejecución {run}. El historial muestra las que hay.',
    data: z.object({ run: text }),
  },
  ROWS_UNFIT: {
    status: 422,
    message: '{count} rows cannot be published: {rows}. Correct or delete them; nothing was published.',
    es: '{count} filas no se pueden publicar: {rows}. Corríjalas o elimínelas; no se ha publicado nada.',
    data: z.object({ count: text, rows: text }),
  },
  RUN_NOTHING: {
    status: 409,
    message: 'There is nothing to run on: no upload waits and no source is on.',
    es: 'No hay nada que procesar: no hay cargas en espera ni fuentes activas.',
    data: z.object({}),
  },
  SEARCH_TOO_LONG: {
    status: 422,
    message: '{rows} rows are more than the {limit} that one file may have. Narrow the search, by days or by dealer.',
    es: '{rows} filas son más que las {limit} que admite un archivo. Acote la búsqueda, por días o por contribuidor.',
    data: z.object({ rows: z.number(), limit: z.number() }),
  },
  ROW_UNKNOWN: {
    status: 404,
    message: 'That row is no longer there. Read the list again.',
    es: 'Esa fila ya no está. Vuelva a leer la lista.',
    data: z.object({ row: text }),
  },
  COLOR_PASTE_EMPTY: {
    status: 422,
    message: 'Nothing was pasted. Copy the cells in the spreadsheet with their column names, then paste again.',
    es: 'No se ha pegado nada. Copie las celdas en la hoja con sus nombres de columna y pegue de nuevo.',
    data: z.object({}),
  },
  COLOR_FILE_UNUSABLE: {
    status: 422,
    message: '{file} was not put into the buffer: {reason}.',
    es: '{file} no se ha añadido al búfer: {reason}.',
    data: z.object({ file: text, reason: text }),
  },
  COLOR_FOLDER_LOST: {
    status: 503,
    message: 'The watched folder {name} ({path}) cannot be read: {reason}. It is looked for again every few seconds.',
    es: 'No se puede leer la carpeta vigilada {name} ({path}): {reason}. Se vuelve a buscar cada pocos segundos.',
    data: z.object({ name: text, path: text, reason: text }),
  },
  COLOR_FOLDER_BACK: {
    status: 409,
    message: 'The watched folder {name} is there again; files in it are taken.',
    es: 'La carpeta vigilada {name} está de nuevo; se toman sus archivos.',
    data: z.object({ name: text }),
  },
  COLOR_ROWS_DECIDED: {
    status: 409,
    message: 'Row {row} of {name} was already {state} by {user}. Read the list again.',
    es: 'La fila {row} de {name} ya está «{state}» por {user}. Vuelva a leer la lista.',
    data: z.object({ row: text, name: text, state: text, user: text }),
  },
} as const
