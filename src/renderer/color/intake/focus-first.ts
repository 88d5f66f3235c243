/** As the ref of a field: it takes the keyboard when it comes in, on a press that asks for its form. */
export function focusFirst(field: HTMLElement | null): void {
  field?.focus()
}
