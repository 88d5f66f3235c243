/** Words of the grid. */
export const gridText = { en: {}, es: {} } as const
