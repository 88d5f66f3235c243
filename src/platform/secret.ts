import { inspect } from 'node:util'

const SHOWN = '•••'

/**
 * A value that must not be seen: it prints as dots in JSON, `inspect`, template strings and errors.
 *
 * `reveal` is called only at the very place of use; what it gives is never kept, logged, announced or sent to a page.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return SHOWN
  }
  toJSON(): string {
    return SHOWN
  }
  [Symbol.toPrimitive](): string {
    return SHOWN
  }
  [inspect.custom](): string {
    return SHOWN
  }
}
