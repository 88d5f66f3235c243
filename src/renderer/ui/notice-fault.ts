import { tell } from './fault.ts'
import { notify } from './notice-store.ts'

/** Says a failure at the side, in the page's language, with the details to copy. */
export function notifyFault(fault: unknown): void {
  const told = tell(fault)
  if (!told.isAbort) notify({ tone: 'bad', text: told.sentence, details: told.details })
}
