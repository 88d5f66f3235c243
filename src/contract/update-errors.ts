import * as z from 'zod'

const text = z.string()
const feed = z.object({ feed: text })

/** Why there is no update to be had, or none that can be trusted; part of the catalogue in errors.ts. */
export const UPDATE_ERRORS = {
  UPDATE_DEVELOPMENT: {
    status: 409,
    message: 'This is a development build, which does not update itself. Fetch the newest source and build it.',
    es: 'Esta es una versión de desarrollo, que no se actualiza sola. Obtenga el código más reciente y compílelo.',
    data: z.object({}),
  },
  UPDATE_BROWSER: {
    status: 409,
    message: 'Contango runs here without its desktop application, so it does not update itself. Update what you started it from.',
    es: 'Contango funciona aquí sin su aplicación de escritorio y no se actualiza solo. Actualice desde donde lo inició.',
    data: z.object({}),
  },
  UPDATE_NO_KEY: {
    status: 409,
    message: 'This build carries no key to check updates with, so it takes none. Install a build that was made for release.',
    es: 'Esta versión no lleva ninguna clave para comprobar actualizaciones y no acepta ninguna. Instale una versión publicada.',
    data: z.object({}),
  },
  UPDATE_NO_FEED: {
    status: 409,
    message: 'No update feed is set. Put its address into Settings > Updates.',
    es: 'No hay ninguna fuente de actualizaciones. Indique su dirección en Ajustes > Actualizaciones.',
    data: z.object({}),
  },
  UPDATE_SILENT: {
    status: 504,
    message: 'The update feed {feed} said nothing for {seconds} s. Check the network, or try again later; nothing was changed.',
    es: 'La fuente de actualizaciones {feed} no respondió en {seconds} s. Revise la red o inténtelo más tarde; no se cambió nada.',
    data: z.object({ feed: text, seconds: z.number() }),
  },
  UPDATE_FEED_BAD: {
    status: 502,
    message: 'The update feed {feed} cannot be used: {reason}. Check its address in Settings; nothing was changed.',
    es: 'La fuente de actualizaciones {feed} no sirve: {reason}. Revise su dirección en Ajustes; no se cambió nada.',
    data: z.object({ feed: text, reason: text }),
  },
  UPDATE_FORGED: {
    status: 403,
    message: 'The update feed {feed} is not signed with a key of this build, so it was not believed. Tell whoever runs the feed.',
    es: 'La fuente {feed} no está firmada con una clave de esta versión y no se le creyó. Avise a quien la mantiene.',
    data: feed,
  },
  UPDATE_REPLAYED: {
    status: 403,
    message:
      'The update feed {feed} shows a manifest of {date}, older than the one of {newest} seen before. It was not believed; tell whoever runs the feed.',
    es: 'La fuente {feed} muestra un manifiesto de {date}, anterior al de {newest} ya visto. No se le creyó; avise a quien la mantiene.',
    data: z.object({ feed: text, date: text, newest: text }),
  },
  UPDATE_OLDER: {
    status: 403,
    message: 'The feed offers {offered}, which is older than {version} here. An older version is never installed as an update.',
    es: 'La fuente ofrece {offered}, anterior a {version}. Una versión anterior nunca se instala como actualización.',
    data: z.object({ offered: text, version: text }),
  },
  UPDATE_STEP: {
    status: 409,
    message: 'Version {offered} can be reached from {minimum} on, and this is {version}. Install {minimum} by hand first.',
    es: 'A la versión {offered} se llega desde {minimum}, y esta es {version}. Instale antes {minimum} a mano.',
    data: z.object({ offered: text, minimum: text, version: text }),
  },
  UPDATE_MISMATCH: {
    status: 403,
    message: 'The feed names other files for {version} than were signed, so it was not believed. Tell whoever runs the feed.',
    es: 'La fuente indica para {version} otros archivos que los firmados y no se le creyó. Avise a quien la mantiene.',
    data: z.object({ version: text }),
  },
  UPDATE_INCOMPLETE: {
    status: 502,
    message: 'The update could not be loaded whole: {reason}. What came was thrown away; try again later.',
    es: 'La actualización no se pudo descargar entera: {reason}. Lo recibido se descartó; inténtelo más tarde.',
    data: z.object({ reason: text }),
  },
  UPDATE_NOTHING: {
    status: 409,
    message: 'There is no update to load or install; this is {version}. Check for updates first.',
    es: 'No hay ninguna actualización que descargar o instalar; esta es {version}. Busque actualizaciones primero.',
    data: z.object({ version: text }),
  },
  UPDATE_ORDERS_WORKING: {
    status: 409,
    message: '{orders} orders are working. Cancel them, wait for them, or install the update despite them.',
    es: 'Hay {orders} órdenes activas. Cancélelas, espere o instale la actualización a pesar de ellas.',
    data: z.object({ orders: z.number() }),
  },
} as const
