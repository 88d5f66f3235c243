import { createStore, type StoreApi } from 'zustand'
import type { SheetPlace } from './sheet.tsx'

/** The cell with the keyboard, kept beside the desk: a step of an arrow must not draw all of it anew. */
export interface PlaceStore extends StoreApi<{ readonly place: SheetPlace | null }> {
  take(place: SheetPlace | null): void
}

export function createPlaces(): PlaceStore {
  const store = createStore<{ readonly place: SheetPlace | null }>(() => ({ place: null }))
  return { ...store, take: place => store.setState({ place }) }
}
