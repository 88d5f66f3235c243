/** Words of drawings that are read with the keyboard. */
export const plotText = {
  en: {
    'plot.keys':
      'Left and right arrows read values, with Shift in larger steps; Home and End go to the ends; Escape takes the cursor away.',
  },
  es: {
    'plot.keys':
      'Las flechas izquierda y derecha leen valores, con Mayús en pasos mayores; Inicio y Fin van a los extremos; Escape retira el cursor.',
  },
} as const
