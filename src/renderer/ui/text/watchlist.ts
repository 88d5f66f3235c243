/** Words of the watchlist. */
export const watchlistText = { en: {}, es: {} } as const
