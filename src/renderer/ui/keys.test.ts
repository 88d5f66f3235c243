import { describe, expect, it } from 'vitest'
import { COMMANDS, PANEL_KEYS, WORKSPACE_KEYS } from '../commands.ts'
import { keysOf, matches } from './keys.ts'

const press = (part: Partial<KeyboardEvent>) => ({
  key: '',
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...part,
})

describe('a chord', () => {
  it('takes Ctrl on most systems and Cmd on a Mac', () => {
    expect(matches('Mod+K', press({ key: 'k', ctrlKey: true }), false)).toBe(true)
    expect(matches('Mod+K', press({ key: 'k', metaKey: true }), false)).toBe(false)
    expect(matches('Mod+K', press({ key: 'k', metaKey: true }), true)).toBe(true)
  })

  it('goes by the place of a key where Alt changes what it writes', () => {
    expect(matches('Alt+L', press({ key: '¬', code: 'KeyL', altKey: true }), true)).toBe(true)
    expect(matches('Alt+1', press({ key: '¡', code: 'Digit1', altKey: true }), true)).toBe(true)
    expect(matches('Alt+L', press({ key: 'l', code: 'KeyL' }), false)).toBe(false)
  })

  it('takes a sign however its keyboard writes it', () => {
    expect(matches('?', press({ key: '?', shiftKey: true }), false)).toBe(true)
    expect(matches('?', press({ key: '?' }), false)).toBe(true)
    expect(matches('/', press({ key: '/', shiftKey: true }), false)).toBe(true)
  })

  it('tells undo from redo by Shift', () => {
    expect(matches('Mod+Z', press({ key: 'Z', ctrlKey: true, shiftKey: true }), false)).toBe(false)
    expect(matches('Mod+Shift+Z', press({ key: 'Z', ctrlKey: true, shiftKey: true }), false)).toBe(true)
  })

  it('is written with the labels of its keys', () => {
    expect(keysOf('Alt+Shift+ArrowLeft', false)).toEqual(['Alt', 'Shift', '←'])
    expect(keysOf('Mod+K', true)).toEqual(['⌘', 'K'])
  })
})

describe('the table of commands', () => {
  it('gives no two commands the same keys', () => {
    const all = [...COMMANDS.flatMap(command => command.keys), ...Object.values(PANEL_KEYS), ...WORKSPACE_KEYS]
    expect(all.filter((chord, index) => all.indexOf(chord) !== index)).toEqual([])
  })

  it('names each command once', () => {
    const ids = COMMANDS.map(command => command.id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
