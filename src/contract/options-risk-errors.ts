import * as z from 'zod'

const text = z.string()

/** Why a position or a file of options cannot be reckoned; part of the catalogue in errors.ts. */
export const RISK_ERRORS = {
  STRATEGY_NO_STRIKES: {
    status: 422,
    message: 'The expiry {expiry} lists too few strikes around the money for this position. Choose another expiry.',
    es: 'El vencimiento {expiry} tiene muy pocos strikes cerca del dinero para esta posición. Elija otro vencimiento.',
    data: z.object({ expiry: text }),
  },
  STRATEGY_NO_LATER: {
    status: 422,
    message: 'No later expiry than {expiry} lists the same strike, so there is no calendar. Choose an earlier expiry.',
    es: 'Ningún vencimiento posterior a {expiry} tiene el mismo strike, así que no hay calendario. Elija uno anterior.',
    data: z.object({ expiry: text }),
  },
  STRATEGY_NO_FORWARD: {
    status: 422,
    message: 'Where the money of {expiry} is cannot be told: its options give no forward. Choose another expiry.',
    es: 'No se sabe dónde está el dinero de {expiry}: sus opciones no dan un forward. Elija otro vencimiento.',
    data: z.object({ expiry: text }),
  },
  BATCH_COLUMNS: {
    status: 422,
    message:
      'The first line of {file} must name the columns, and has none for {missing}. As S,K,days,vol,r,q,cp or F,K,T,price,cp.',
    es: 'La primera línea de {file} debe nombrar las columnas y no tiene ninguna para {missing}. Como S,K,days,vol,r,q,cp o F,K,T,price,cp.',
    data: z.object({ file: text, missing: text }),
  },
} as const
