import * as z from 'zod'

const text = z.string()
const count = z.number()

/** Why output did not get to where it was to go; part of the catalogue in errors.ts, and the reason that a delivery shows. */
export const OUTPUT_ERRORS = {
  OUTPUT_FOLDER_GONE: {
    status: 409,
    message: 'The folder {path} is not there. Connect the drive or make the folder; it is tried again.',
    es: 'La carpeta {path} no existe. Conecte la unidad o cree la carpeta; se volverá a intentar.',
    data: z.object({ path: text }),
  },
  OUTPUT_FOLDER_REFUSED: {
    status: 409,
    message: 'The folder {path} may not be written to. Change its permissions, or choose another folder.',
    es: 'No se puede escribir en la carpeta {path}. Cambie sus permisos o elija otra carpeta.',
    data: z.object({ path: text }),
  },
  OUTPUT_FILE_BUSY: {
    status: 409,
    message: 'The file {path} is open in another program. Close it there; it is tried again.',
    es: 'El archivo {path} está abierto en otro programa. Ciérrelo allí; se volverá a intentar.',
    data: z.object({ path: text }),
  },
  OUTPUT_DISK_FULL: {
    status: 507,
    message: 'The disk of {path} is full. Nothing half-written was left; make room, and it is tried again.',
    es: 'El disco de {path} está lleno. No quedó nada a medias; libere espacio y se volverá a intentar.',
    data: z.object({ path: text }),
  },
  OUTPUT_SLOW: {
    status: 504,
    message: '{place} did not answer within {seconds} s. It is tried again.',
    es: '{place} no respondió en {seconds} s. Se volverá a intentar.',
    data: z.object({ place: text, seconds: count }),
  },
  OUTPUT_UNREACHABLE: {
    status: 502,
    message: '{place} cannot be reached ({detail}). Check the address and the network; it is tried again.',
    es: 'No se puede conectar con {place} ({detail}). Compruebe la dirección y la red; se volverá a intentar.',
    data: z.object({ place: text, detail: text }),
  },
  OUTPUT_LOGIN_REFUSED: {
    status: 502,
    message: '{place} refused the login of {user}. Check name and password, then try again; it is not repeated by itself.',
    es: '{place} rechazó el acceso de {user}. Compruebe usuario y contraseña y reintente; no se repite solo.',
    data: z.object({ place: text, user: text }),
  },
  OUTPUT_SECRET_MISSING: {
    status: 409,
    message: 'No password or key is kept for {place}. Type it in with the target, then try again.',
    es: 'No hay contraseña ni clave guardada para {place}. Escríbala en el destino y reintente.',
    data: z.object({ place: text }),
  },
  OUTPUT_TLS: {
    status: 502,
    message:
      '{place} offers no encryption that can be trusted ({detail}). Nothing was sent. Choose another kind of encryption, or have its certificate mended.',
    es: '{place} no ofrece un cifrado fiable ({detail}). No se envió nada. Elija otro tipo de cifrado o haga corregir su certificado.',
    data: z.object({ place: text, detail: text }),
  },
  OUTPUT_BUCKET_UNKNOWN: {
    status: 502,
    message: 'There is no bucket {bucket} at {place}. Check its name and region, then try again.',
    es: 'No existe el bucket {bucket} en {place}. Compruebe su nombre y región y reintente.',
    data: z.object({ bucket: text, place: text }),
  },
  OUTPUT_BUCKET_REFUSED: {
    status: 502,
    message: 'The bucket {bucket} refused it ({detail}). Check the rights of the key, then try again.',
    es: 'El bucket {bucket} lo rechazó ({detail}). Compruebe los permisos de la clave y reintente.',
    data: z.object({ bucket: text, detail: text }),
  },
  OUTPUT_DATABASE_REFUSED: {
    status: 502,
    message: 'The database {place} refused it: {detail}. Nothing of the run was written there.',
    es: 'La base de datos {place} lo rechazó: {detail}. No se escribió nada de la ejecución.',
    data: z.object({ place: text, detail: text }),
  },
  MAIL_RECIPIENTS_REFUSED: {
    status: 502,
    message: 'The mail server refused every recipient ({recipients}): {detail}. Correct the addresses, then try again.',
    es: 'El servidor de correo rechazó a todos los destinatarios ({recipients}): {detail}. Corrija las direcciones y reintente.',
    data: z.object({ recipients: text, detail: text }),
  },
  MAIL_REFUSED: {
    status: 502,
    message: 'The mail server refused the message for good: {detail}. Nothing was sent; it is not repeated by itself.',
    es: 'El servidor de correo rechazó el mensaje definitivamente: {detail}. No se envió nada; no se repite solo.',
    data: z.object({ detail: text }),
  },
  MAIL_LATER: {
    status: 502,
    message: 'The mail server does not take the message now: {detail}. It is tried again.',
    es: 'El servidor de correo no acepta el mensaje ahora: {detail}. Se volverá a intentar.',
    data: z.object({ detail: text }),
  },
  MAIL_CUT_OFF: {
    status: 502,
    message: 'The mail server {place} closed the line before it took the message. It is tried again.',
    es: 'El servidor de correo {place} cortó la conexión antes de aceptar el mensaje. Se volverá a intentar.',
    data: z.object({ place: text }),
  },
  MAIL_NOT_SET: {
    status: 409,
    message: 'Mail is not set up: {reason}. Fill in the mail form first.',
    es: 'El correo no está configurado: {reason}. Rellene primero el formulario de correo.',
    data: z.object({ reason: text }),
  },
  OUTPUT_FAILED: {
    status: 502,
    message: 'The output was not delivered: {detail}. It is tried again.',
    es: 'La salida no se entregó: {detail}. Se volverá a intentar.',
    data: z.object({ detail: text }),
  },
  OUTPUT_RUN_GONE: {
    status: 409,
    message: 'The output of run {run} was deleted, so that there is nothing to deliver. Restore the run first.',
    es: 'La salida de la ejecución {run} se eliminó, así que no hay nada que entregar. Restáurela primero.',
    data: z.object({ run: text }),
  },
  OUTPUT_SUPERSEDED: {
    status: 409,
    message:
      'Run {newer} stands under that name already, so that run {run} was not put over it. With the number of the run in the name of the file each stays.',
    es: 'La ejecución {newer} ya está bajo ese nombre, así que no se puso la {run} encima. Con el número de la ejecución en el nombre del archivo se conserva cada una.',
    data: z.object({ newer: text, run: text }),
  },
  OUTPUT_TARGET_UNKNOWN: {
    status: 404,
    message: 'There is no output target {target} any more. The log can bring it back.',
    es: 'El destino de salida {target} ya no existe. El registro puede recuperarlo.',
    data: z.object({ target: text }),
  },
  DELIVERY_UNKNOWN: {
    status: 404,
    message: 'There is no such delivery. The outbox lists those there are.',
    es: 'No existe esa entrega. La bandeja de salida muestra las que hay.',
    data: z.object({ delivery: text }),
  },
  DELIVERY_DEMO: {
    status: 409,
    message: 'Run {run} is invented (DEMO). It is never sent by mail, to S3 or to a database.',
    es: 'La ejecución {run} es inventada (DEMO). Nunca se envía por correo, a S3 ni a una base de datos.',
    data: z.object({ run: text }),
  },
  DELIVERY_NOT_ENTITLED: {
    status: 403,
    message:
      'Run {run} has colors of asset classes that your account may not see. You may send it to the addresses of the mail form alone.',
    es: 'La ejecución {run} tiene colores de clases de activo que su cuenta no puede ver. Solo puede enviarla a las direcciones del formulario.',
    data: z.object({ run: text }),
  },
  DELIVERY_FAILED: {
    status: 502,
    message: 'Run {run} did not get to {target}. {why}',
    es: 'La ejecución {run} no llegó a {target}. {why}',
    data: z.object({ run: text, target: text, why: text }),
  },
} as const
