/** Announces what happened to whoever listens in this process, at once and in order of listening. */
export interface Bus<Topics extends object> {
  on<T extends keyof Topics>(topic: T, hear: (value: Topics[T]) => void): () => void
  emit<T extends keyof Topics>(topic: T, value: Topics[T]): void
}

/** A listener that throws is reported and the others still hear. */
export function createBus<Topics extends object>({
  onFault,
}: {
  onFault: (topic: keyof Topics, fault: unknown) => void
}): Bus<Topics> {
  const listeners = new Map<keyof Topics, ((value: never) => void)[]>()
  return {
    on(topic, hear) {
      // A new array on each change, so that a listener may leave while the topic is being announced.
      listeners.set(topic, [...(listeners.get(topic) ?? []), hear])
      return () =>
        void listeners.set(
          topic,
          (listeners.get(topic) ?? []).filter(other => other !== hear),
        )
    },
    emit(topic, value) {
      for (const hear of listeners.get(topic) ?? []) {
        try {
          hear(value as never)
        } catch (fault) {
          onFault(topic, fault)
        }
      }
    },
  }
}
