/** Long work with places to pause at: whoever runs it decides when it goes on, so that nothing else has to wait for all of it. */
export type Steps<T> = Generator<void, T, void>

/** All of it at once. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next()
    if (next.done) return next.value
  }
}
