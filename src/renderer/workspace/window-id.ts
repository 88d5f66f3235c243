import type { WorkspaceWire } from '../../contract/workspace.ts'

/** Further windows of a workspace are stored beside it, under its id and a number: `w-1a2b~2`. */
const MARK = '~'
const FORM = /^([\w-]{1,50})~([1-9]\d?)$/

/** The window that this page is: null for the main one, which shows whichever workspace is current. */
export function windowOfPage(search: string): string | null {
  const given = new URLSearchParams(search).get('window')
  return given !== null && FORM.test(given) ? given : null
}

/** The workspace that a window belongs to, and its number; null for a workspace itself. */
export function windowParts(id: string): { readonly workspace: string; readonly number: number } | null {
  const found = FORM.exec(id)
  return found ? { workspace: found[1]!, number: Number(found[2]) } : null
}

/** A free id for a further window; numbers begin at 2, since the main window is the first. */
export function nextWindowId(workspace: string, all: readonly Pick<WorkspaceWire, 'id'>[]): string {
  const taken = new Set(all.map(({ id }) => id))
  let number = 2
  while (taken.has(`${workspace}${MARK}${number}`)) number++
  return `${workspace}${MARK}${number}`
}

/** Windows of a workspace among all that is stored, by number. */
export function windowsOf(workspace: string, all: readonly WorkspaceWire[]): readonly WorkspaceWire[] {
  return all
    .filter(({ id }) => windowParts(id)?.workspace === workspace)
    .sort((a, b) => windowParts(a.id)!.number - windowParts(b.id)!.number)
}
