/**
 * A stream that ends as soon as its reader leaves or the signal is aborted, even while it waits for something to say.
 *
 * A plain async generator that is waiting hears `return` only at its next yield, which on a quiet market never comes.
 */
export function endable<T>(
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const leaving = new AbortController()
  const values = run(signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal)
  const stream: AsyncGenerator<T, void, undefined> = {
    next: () => values.next(),
    return: () => {
      leaving.abort()
      return values.return()
    },
    throw: fault => {
      leaving.abort()
      return values.throw(fault)
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => {
      leaving.abort()
      await values.return()
    },
  }
  return stream
}
