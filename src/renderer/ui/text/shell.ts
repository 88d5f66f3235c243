/** Words of the shell. */
export const shellText = { en: {}, es: {} } as const
