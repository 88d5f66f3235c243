/** Hands a file to the person, as the browser saves it. */
export function saveFile(name: string, parts: readonly BlobPart[], type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([...parts], { type }))
  link.download = name.replace(/[\\/:*?"<>|]/g, '-')
  link.click()
  // Given up only later: the browser reads it after the press has been answered.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export function saveText(name: string, text: string): void {
  saveFile(name, [text], 'text/plain;charset=utf-8')
}
