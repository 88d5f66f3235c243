/** Words of the imports. */
export const importsText = { en: {}, es: {} } as const
