import { fail } from '../../fail.ts'
import type { UploadsBuffer } from './uploads-buffer.ts'

/** The buffer of a desk that takes nothing in. */
export const NO_UPLOADS: UploadsBuffer = {
  waiting: () => [],
  find: () => null,
  rows: async id => fail('BUFFER_UNKNOWN', { upload: id }),
  expectWaiting: ([id]) => void (id === undefined || fail('BUFFER_UNKNOWN', { upload: id })),
  onChange: () => () => undefined,
}
