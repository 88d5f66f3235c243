/** Words of the lab. */
export const labText = { en: {}, es: {} } as const
