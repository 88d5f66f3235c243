import { expect, test } from 'vitest'
import { securityIdOf } from './security-ids.ts'

test('a CUSIP is known by its check digit', () => {
  expect(securityIdOf(' 38259p508 ')).toEqual({ kind: 'cusip', cusip: '38259P508' })
  expect(securityIdOf('38259P509')).toBeNull()
})

test('an ISIN of the United States has the CUSIP in it', () => {
  // Apple, as its prospectus has both.
  expect(securityIdOf('US0378331005')).toEqual({ kind: 'isin', cusip: '037833100' })
  expect(securityIdOf('XS0378331005')).toBeNull()
})

test('digits that are no CUSIP are the id of a message, to the last digit', () => {
  expect(securityIdOf('100000000000000123')).toEqual({ kind: 'message', id: '100000000000000123' })
  expect(securityIdOf('12345')).toBeNull()
})
