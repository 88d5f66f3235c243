import * as z from 'zod'

const text = z.string()
const count = z.number()

/** Why a saved query gave no rows; part of the catalogue in errors.ts. */
export const COLOR_SOURCE_ERRORS = {
  COLOR_SOURCE_UNREACHABLE: {
    status: 502,
    message: '{place} cannot be reached ({detail}). Check the address and the network, then try again.',
    es: 'No se puede conectar con {place} ({detail}). Compruebe la dirección y la red, y reintente.',
    data: z.object({ place: text, detail: text }),
  },
  COLOR_SOURCE_LOGIN_REFUSED: {
    status: 502,
    message: '{place} refused the login of {user}. Check name and password.',
    es: '{place} rechazó el acceso de {user}. Compruebe el usuario y la contraseña.',
    data: z.object({ place: text, user: text }),
  },
  COLOR_SOURCE_SECRET_MISSING: {
    status: 409,
    message: 'No password is kept for {place}. Type it in with the source, then try again.',
    es: 'No hay contraseña guardada para {place}. Escríbala en la fuente y reintente.',
    data: z.object({ place: text }),
  },
  COLOR_SOURCE_TLS: {
    status: 502,
    message:
      '{place} offers no encryption that can be trusted ({detail}). Nothing was sent. Choose another kind, or have its certificate mended.',
    es: '{place} no ofrece un cifrado fiable ({detail}). No se envió nada. Elija otro tipo o haga corregir su certificado.',
    data: z.object({ place: text, detail: text }),
  },
  COLOR_SOURCE_SLOW: {
    status: 504,
    message: '{place} did not answer within {seconds} s. Narrow the query, or give it more time.',
    es: '{place} no respondió en {seconds} s. Acote la consulta o dele más tiempo.',
    data: z.object({ place: text, seconds: count }),
  },
  COLOR_SOURCE_REFUSED: {
    status: 422,
    message: '{place} refused the query: {detail}. Nothing was read.',
    es: '{place} rechazó la consulta: {detail}. No se leyó nada.',
    data: z.object({ place: text, detail: text }),
  },
  COLOR_SOURCE_TOO_MANY: {
    status: 422,
    message: 'The query gives more than {cap} rows. Narrow it, or raise its limit. Nothing was taken.',
    es: 'La consulta da más de {cap} filas. Acótela o suba su límite. No se tomó nada.',
    data: z.object({ cap: count }),
  },
  COLOR_SOURCE_NO_ROWS: {
    status: 422,
    message: 'The query gave no rows. Nothing was taken.',
    es: 'La consulta no dio filas. No se tomó nada.',
    data: z.object({}),
  },
} as const
