/** The mail is configured under this id, and is a target of this name. */
export const MAIL = 'mail'
/** Name of the secret that the mail server is logged in to with. */
export const SMTP_PASSWORD = 'color.smtp.password'

/** Name of the secret of a target. */
export function secretOf(target: string): string {
  return target === MAIL ? SMTP_PASSWORD : `color.output.${target.toLowerCase()}`
}
