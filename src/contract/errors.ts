import * as z from 'zod'
import { COLOR_ERRORS } from './color-errors.ts'
import { RISK_ERRORS } from './options-risk-errors.ts'
import { UPDATE_ERRORS } from './update-errors.ts'

/** One failure that a person can meet; `{name}` in a sentence is filled from its data. */
interface Failure {
  readonly status: number
  /** What happened and what to do, in English; also the message on the wire. */
  readonly message: string
  /** The same sentence in Spanish. */
  readonly es: string
  readonly data: z.ZodObject
}

const text = z.string()
const count = z.number()

/** Every failure that a person can meet: its HTTP status, its sentence, and the data that the sentence needs. */
export const ERRORS = {
  INSTRUMENT_UNKNOWN: {
    status: 404,
    message: 'No instrument is named {instrument}. Check the symbol, or add it in the Sources panel.',
    es: 'No hay ningún instrumento llamado {instrument}. Compruebe el símbolo o añádalo en el panel Fuentes.',
    data: z.object({ instrument: text }),
  },
  SERIES_UNKNOWN: {
    status: 404,
    message: 'No series is named {series}. The Series list in the SQL panel shows what is there.',
    es: 'No hay ninguna serie llamada {series}. La lista Series del panel SQL muestra las que hay.',
    data: z.object({ series: text }),
  },
  SERIES_EXISTS: {
    status: 409,
    message: 'A series named {series} already exists, with {rows} rows. Choose another name, or replace it on purpose.',
    es: 'Ya existe una serie llamada {series}, con {rows} filas. Elija otro nombre o reemplácela a propósito.',
    data: z.object({ series: text, rows: count }),
  },
  UNDERLYING_UNKNOWN: {
    status: 404,
    message: 'No option chain is named {underlying}. Choose one from the list, or add its symbol from a source.',
    es: 'No hay ninguna cadena de opciones llamada {underlying}. Elija una de la lista o añada su símbolo desde una fuente.',
    data: z.object({ underlying: text }),
  },
  SNAPSHOT_UNKNOWN: {
    status: 404,
    message: 'That moment of the chain is no longer kept. The list of moments shows those there are.',
    es: 'Ese momento de la cadena ya no se conserva. La lista de momentos muestra los que hay.',
    data: z.object({ snapshot: text }),
  },
  ALERT_UNKNOWN: {
    status: 404,
    message: 'That alert is no longer kept. The inbox lists those there are.',
    es: 'Esa alerta ya no se conserva. La bandeja muestra las que hay.',
    data: z.object({ alert: text }),
  },
  THRESHOLD_INVALID: {
    status: 422,
    message: 'The thresholds were not taken: {reason}.',
    es: 'Los umbrales no se aceptaron: {reason}.',
    data: z.object({ reason: text }),
  },
  SOURCE_UNKNOWN: {
    status: 404,
    message: 'No source is named {source}. The Sources panel lists those there are.',
    es: 'No hay ninguna fuente llamada {source}. El panel Fuentes muestra las que hay.',
    data: z.object({ source: text }),
  },
  SOURCE_OFF: {
    status: 409,
    message: 'The source {source} is off. Turn it on in the Sources panel.',
    es: 'La fuente {source} está desactivada. Actívela en el panel Fuentes.',
    data: z.object({ source: text }),
  },
  SOURCE_FAILED: {
    status: 502,
    message: '{source} did not answer: {reason}. It is tried again by itself; the Sources panel shows when.',
    es: '{source} no respondió: {reason}. Se reintenta sola; el panel Fuentes muestra cuándo.',
    data: z.object({ source: text, reason: text }),
  },
  FILE_UNREADABLE: {
    status: 422,
    message: 'The file {file} cannot be read: {reason}.',
    es: 'No se puede leer el archivo {file}: {reason}.',
    data: z.object({ file: text, reason: text }),
  },
  FILE_EMPTY: {
    status: 422,
    message: 'The file {file} has no rows. Nothing was imported.',
    es: 'El archivo {file} no tiene filas. No se importó nada.',
    data: z.object({ file: text }),
  },
  UPLOAD_UNKNOWN: {
    status: 404,
    message: 'That file is no longer held here. Drop or pick it again.',
    es: 'Ese archivo ya no está aquí. Suéltelo o elíjalo de nuevo.',
    data: z.object({ upload: text }),
  },
  MAPPING_INVALID: {
    status: 422,
    message: 'The columns are not mapped completely: {reason}.',
    es: 'Las columnas no están asignadas por completo: {reason}.',
    data: z.object({ reason: text }),
  },
  BACKUP_NOT_ONE: {
    status: 422,
    message: '{file} is not a backup of Contango. Choose a file that npx contango backup or the Backups panel made.',
    es: '{file} no es una copia de seguridad de Contango. Elija un archivo hecho por npx contango backup o el panel Copias.',
    data: z.object({ file: text }),
  },
  BACKUP_CUT_OFF: {
    status: 422,
    message: 'The backup {file} ends too early, in {entry}. Copy it again from where it was made, or choose another one.',
    es: 'La copia {file} termina antes de tiempo, en {entry}. Cópiela de nuevo desde su origen o elija otra.',
    data: z.object({ file: text, entry: text }),
  },
  BACKUP_DAMAGED: {
    status: 422,
    message: 'The backup {file} is damaged: {entry} is not what went in. Nothing was changed. Choose another backup.',
    es: 'La copia {file} está dañada: {entry} no es lo que se guardó. No se cambió nada. Elija otra copia.',
    data: z.object({ file: text, entry: text }),
  },
  BACKUP_NEWER: {
    status: 409,
    message: 'The backup {file} was made by Contango {version}, which is newer than this one. Update Contango, then restore it.',
    es: 'La copia {file} la hizo Contango {version}, más nuevo que este. Actualice Contango y restáurela después.',
    data: z.object({ file: text, version: text }),
  },
  BACKUP_OTHER_WORKSPACE: {
    status: 409,
    message:
      'The backup {file} is of another workspace than the one in {folder}. Restore it into an empty folder with --data DIR, or replace this one on purpose with --replace-other; it is set aside, not deleted.',
    es: 'La copia {file} es de otro espacio que el de {folder}. Restáurela en una carpeta vacía con --data DIR o reemplace este a propósito con --replace-other; se aparta, no se borra.',
    data: z.object({ file: text, folder: text }),
  },
  BACKUP_PASSPHRASE: {
    status: 403,
    message: 'The passphrase does not open the backup {file}, or its beginning is damaged. Check it and try again.',
    es: 'La contraseña no abre la copia {file}, o su comienzo está dañado. Compruébela e inténtelo de nuevo.',
    data: z.object({ file: text }),
  },
  BACKUP_SEALED: {
    status: 403,
    message: 'The backup {file} is encrypted. Give the passphrase that it was made with.',
    es: 'La copia {file} está cifrada. Indique la contraseña con la que se hizo.',
    data: z.object({ file: text }),
  },
  BACKUP_UNKNOWN: {
    status: 404,
    message: 'That backup is not in the list any more, or its file is gone. The list shows those there are.',
    es: 'Esa copia ya no está en la lista o su archivo desapareció. La lista muestra las que hay.',
    data: z.object({ backup: text }),
  },
  BACKUP_PLACE: {
    status: 422,
    message: 'Backups cannot be written to {folder}: {reason}. Choose another folder in Settings > Backups.',
    es: 'No se pueden escribir copias en {folder}: {reason}. Elija otra carpeta en Ajustes > Copias.',
    data: z.object({ folder: text, reason: text }),
  },
  WORKSPACE_IN_USE: {
    status: 409,
    message:
      'The workspace {folder} is open. Close Contango and try again, choose Restore at the next start in the Backups panel, or restore into another folder with --data DIR.',
    es: 'El espacio {folder} está abierto. Cierre Contango e inténtelo de nuevo, elija Restaurar en el próximo arranque en el panel Copias o restaure en otra carpeta con --data DIR.',
    data: z.object({ folder: text }),
  },
  JOB_UNKNOWN: {
    status: 404,
    message: 'That job is not known here; it may have ended before the last restart.',
    es: 'Ese trabajo no se conoce aquí; quizá terminó antes del último arranque.',
    data: z.object({ job: text }),
  },
  SCHEDULE_INVALID: {
    status: 422,
    message: 'The job was not saved or run: {reason}. Nothing was changed.',
    es: 'El trabajo no se guardó ni se ejecutó: {reason}. No se cambió nada.',
    data: z.object({ reason: text }),
  },
  SCHEDULER_OFF: {
    status: 409,
    message: 'Jobs run only while the workstation is open. Start it with npm start, then run the job.',
    es: 'Los trabajos solo se ejecutan con la estación abierta. Iníciela con npm start y ejecute el trabajo.',
    data: z.object({}),
  },
  JOB_BUSY: {
    status: 409,
    message: 'The job {name} is running; one run at a time. Wait for it or cancel it.',
    es: 'El trabajo {name} se está ejecutando; solo una ejecución a la vez. Espere o cancélela.',
    data: z.object({ name: text }),
  },
  JOB_CHANGED: {
    status: 409,
    message: 'The job {name} was changed elsewhere since it was opened here. Open it again and repeat the change.',
    es: 'El trabajo {name} se cambió en otro lugar desde que se abrió aquí. Ábralo de nuevo y repita el cambio.',
    data: z.object({ name: text }),
  },
  SECRETS_CLOSED: {
    status: 409,
    message: 'The secrets cannot be read now, and nothing was changed. Settings > Secrets says why and what can be done.',
    es: 'Ahora no se pueden leer los secretos y no se cambió nada. Ajustes > Secretos dice por qué y qué se puede hacer.',
    data: z.object({ place: text, problem: text }),
  },
  SECRETS_NO_PLACE: {
    status: 409,
    message: 'Secrets cannot be kept there: {reason}. Choose another place in Settings > Secrets; nothing was changed.',
    es: 'Ahí no se pueden guardar secretos: {reason}. Elija otro lugar en Ajustes > Secretos; no se cambió nada.',
    data: z.object({ reason: text }),
  },
  SECRET_UNKNOWN: {
    status: 404,
    message: 'No secret is named {name}. Settings > Secrets lists those there are.',
    es: 'No hay ningún secreto llamado {name}. Ajustes > Secretos muestra los que hay.',
    data: z.object({ name: text }),
  },
  QUERY_FAILED: {
    status: 422,
    message: 'The query was refused: {reason}',
    es: 'La consulta fue rechazada: {reason}',
    data: z.object({ reason: text, line: count.nullable() }),
  },
  QUERY_NOT_READ_ONLY: {
    status: 403,
    message: 'This console only reads, and {statement} writes. Use SELECT, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN.',
    es: 'Esta consola solo lee y {statement} escribe. Use SELECT, WITH, DESCRIBE, SHOW, SUMMARIZE o EXPLAIN.',
    data: z.object({ statement: text }),
  },
  QUERY_CANCELLED: {
    status: 409,
    message: 'The query was cancelled. Nothing was changed.',
    es: 'La consulta se canceló. No se cambió nada.',
    data: z.object({}),
  },
  STORE_UNAVAILABLE: {
    status: 503,
    message: 'The market store is restarting: {reason}. Charts come back by themselves in a moment.',
    es: 'El almacén de mercado se está reiniciando: {reason}. Los gráficos volverán solos en un momento.',
    data: z.object({ reason: text }),
  },
  JOURNAL_CORRUPT: {
    status: 500,
    message:
      'The journal {file} is damaged at entry {seq}: {reason}. Nothing is written to it. Run npx contango doctor --salvage: it keeps every entry before that one and sets the damaged file aside.',
    es: 'El diario {file} está dañado en la entrada {seq}: {reason}. No se escribe nada en él. Ejecute npx contango doctor --salvage: conserva todas las entradas anteriores y aparta el archivo dañado.',
    data: z.object({ file: text, seq: count, reason: text }),
  },
  JOURNAL_BUSY: {
    status: 503,
    message: 'The journal {file} is open in another Contango. Close that one first, or choose another folder with --data.',
    es: 'El diario {file} está abierto en otro Contango. Ciérrelo primero o elija otra carpeta con --data.',
    data: z.object({ file: text }),
  },
  STORE_LOCKED: {
    status: 503,
    message: 'The market store {file} is open in another program. Close that program; it is tried again by itself.',
    es: 'El almacén de mercado {file} está abierto en otro programa. Cierre ese programa; se reintenta solo.',
    data: z.object({ file: text }),
  },
  STORE_NEWER: {
    status: 503,
    message:
      'The market store was written by a newer Contango (step {found}, this one knows {known}). Update Contango; nothing was changed.',
    es: 'El almacén de mercado lo escribió un Contango más nuevo (paso {found}, este conoce hasta {known}). Actualice Contango; no se cambió nada.',
    data: z.object({ found: count, known: count }),
  },
  STORE_EDITED: {
    status: 503,
    message: 'Step {step} of the market store was edited after it had been applied. Install Contango again; nothing was changed.',
    es: 'El paso {step} del almacén de mercado se modificó después de aplicarse. Instale Contango de nuevo; no se cambió nada.',
    data: z.object({ step: text }),
  },
  STORE_CRASHING: {
    status: 503,
    message:
      'The data process ended {times} times in a row and is not started again: {reason}. Open Status > Rebuild, or restart Contango.',
    es: 'El proceso de datos terminó {times} veces seguidas y no se reinicia: {reason}. Abra Estado > Reconstruir o reinicie Contango.',
    data: z.object({ times: count, reason: text }),
  },
  DISK_FULL: {
    status: 507,
    message: 'The disk that holds {folder} is full. Free some space; nothing more is written until then.',
    es: 'El disco que contiene {folder} está lleno. Libere espacio; hasta entonces no se escribe nada más.',
    data: z.object({ folder: text }),
  },
  WORKSPACE_CHANGED: {
    status: 409,
    message: 'This workspace was changed in another window since it was opened here. Reload it, or save it under a new name.',
    es: 'Este espacio se cambió en otra ventana desde que se abrió aquí. Recárguelo o guárdelo con otro nombre.',
    data: z.object({ revision: count }),
  },
  WORKSPACE_UNKNOWN: {
    status: 404,
    message: 'That workspace does not exist any more. Choose one from the top bar.',
    es: 'Ese espacio ya no existe. Elija uno en la barra superior.',
    data: z.object({ workspace: text }),
  },
  SETTING_INVALID: {
    status: 422,
    message: 'The setting {key} cannot be {value}: {reason}.',
    es: 'El ajuste {key} no puede ser {value}: {reason}.',
    data: z.object({ key: text, value: text, reason: text }),
  },
  FORBIDDEN: {
    status: 403,
    message: 'Your account may not {verb} {domain}. Ask an administrator.',
    es: 'Su cuenta no tiene permiso: {domain} ({verb}). Consulte a un administrador.',
    data: z.object({ verb: text, domain: text }),
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'This needs the token of the launch. Open the address that Contango printed, or copy the token from it.',
    es: 'Esto necesita la clave de este arranque. Abra la dirección que mostró Contango o copie la clave de ella.',
    data: z.object({}),
  },
  HOST_REFUSED: {
    status: 403,
    message: 'Requests for {host} are not answered here. Use 127.0.0.1 or localhost with the port that Contango printed.',
    es: 'Aquí no se responde a {host}. Use 127.0.0.1 o localhost con el puerto que mostró Contango.',
    data: z.object({ host: text }),
  },
  ORIGIN_REFUSED: {
    status: 403,
    message: 'The page {origin} may not talk to Contango. Open the address that Contango printed.',
    es: 'La página {origin} no puede hablar con Contango. Abra la dirección que mostró Contango.',
    data: z.object({ origin: text }),
  },
  ...COLOR_ERRORS,
  ...RISK_ERRORS,
  ...UPDATE_ERRORS,
  REST_OFF: {
    status: 403,
    message: 'The REST interface is off. Turn it on in Settings, or start with --rest.',
    es: 'La interfaz REST está desactivada. Actívela en Ajustes o inicie con --rest.',
    data: z.object({}),
  },
  ADDRESS_UNKNOWN: {
    status: 404,
    message: 'Nothing answers at {address}. Every address is listed in /openapi.json.',
    es: 'Nada responde en {address}. Todas las direcciones figuran en /openapi.json.',
    data: z.object({ address: text }),
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: 'A request may have {megabytes} MB at most. Send a file in pieces with imports.piece.',
    es: 'Una petición puede tener {megabytes} MB como máximo. Envíe los archivos por partes con imports.piece.',
    data: z.object({ megabytes: count }),
  },
  BAD_REQUEST: {
    status: 400,
    message: 'The request was refused before any work: {reason}.',
    es: 'La petición se rechazó antes de empezar: {reason}.',
    data: z.object({ reason: text, field: text }),
  },
  INTERNAL: {
    status: 500,
    message: 'Something failed that should not have. The log has it under {reference}; copy that when you report it.',
    es: 'Falló algo que no debía fallar. El registro lo tiene como {reference}; cópielo al informar.',
    data: z.object({ reference: text }),
  },
} as const satisfies Record<string, Failure>

export type ErrorCode = keyof typeof ERRORS
export type ErrorData<C extends ErrorCode> = z.infer<(typeof ERRORS)[C]['data']>

/** The part of the catalogue that a procedure declares, in the form that oRPC wants. */
export function failures<C extends ErrorCode>(
  ...codes: C[]
): { [K in C]: { status: number; message: string; data: (typeof ERRORS)[K]['data'] } } {
  return Object.fromEntries(
    codes.map(code => [code, { status: ERRORS[code].status, message: ERRORS[code].message, data: ERRORS[code].data }]),
  ) as never
}

/** A sentence of the catalogue with its `{names}` filled from the data. */
export function sentence(code: ErrorCode, data: Readonly<Record<string, unknown>>, language: 'en' | 'es' = 'en'): string {
  const template: string = language === 'es' ? ERRORS[code].es : ERRORS[code].message
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(data[name] ?? ''))
}
