const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#'
const BODY = 8

/** A CUSIP as it is compared: without space around it, in capitals. */
export function plainCusip(text: string): string {
  return text.trim().toUpperCase()
}

/**
 * The check digit of the first eight characters of a CUSIP; null where one of them cannot stand in a CUSIP.
 *
 * Source: CUSIP Global Services, modulus 10 double add double.
 */
export function cusipCheckDigit(body: string): number | null {
  if (body.length !== BODY) return null
  let sum = 0
  for (let at = 0; at < BODY; at++) {
    const value = LETTERS.indexOf(body[at] as string)
    if (value < 0) return null
    const weighted = at % 2 === 1 ? 2 * value : value
    sum += Math.floor(weighted / 10) + (weighted % 10)
  }
  return (10 - (sum % 10)) % 10
}

/** Why a text is no CUSIP; null where it is one. */
export function cusipProblem(text: string): 'empty' | 'length' | 'character' | 'check-digit' | null {
  const cusip = plainCusip(text)
  if (cusip === '') return 'empty'
  if (cusip.length !== BODY + 1) return 'length'
  const digit = cusipCheckDigit(cusip.slice(0, BODY))
  if (digit === null || !/\d/.test(cusip[BODY] as string)) return 'character'
  return digit === Number(cusip[BODY]) ? null : 'check-digit'
}
