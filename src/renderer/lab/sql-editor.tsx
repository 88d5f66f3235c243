import type { CompletionContext } from '@codemirror/autocomplete'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { keymap, placeholder, tooltips } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import css from './sql.module.css'

export interface SqlEditorHandle {
  focus(): void
  /** Puts a text where the cursor is. */
  insert(text: string): void
  /** The selected text with the line it begins on, counted from 1; the whole text where nothing is selected. */
  chosen(): { readonly sql: string; readonly line: number }
}

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', backgroundColor: 'transparent', color: 'var(--text-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--accent-text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--accent-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--grid-line)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text-1)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-quiet)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-quiet) !important' },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg-float)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    boxShadow: 'var(--shadow)',
    color: 'var(--text-1)',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '12px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-3)', color: 'var(--text-1)' },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)' },
  '.cm-panels': { backgroundColor: 'var(--bg-2)', color: 'var(--text-1)' },
})

const inks = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--accent-text)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--demo)' },
])

/** Names of series inside quotes, as in `where name = 'w…'`. */
function completeNames(names: readonly string[]) {
  return (context: CompletionContext) => {
    const before = context.matchBefore(/'[^']*$/)
    return before ? { from: before.from + 1, options: names.map(label => ({ label, type: 'constant' })) } : null
  }
}

function languageOf(schema: SQLNamespace, names: readonly string[]) {
  const language = sql({ dialect: PostgreSQL, schema, defaultTable: 'series', upperCaseKeywords: false })
  return [language, language.language.data.of({ autocomplete: completeNames(names) })]
}

/** Editor of one statement with the names of the store, Ctrl+Enter to run and Esc to cancel. */
export function SqlEditor({
  value,
  label,
  hint,
  schema,
  names,
  failedLine,
  failure,
  onChange,
  onRun,
  onCancel,
  handle,
}: {
  value: string
  label: string
  /** Shown while the editor is empty. */
  hint: string
  schema: SQLNamespace
  /** Names of the series there are. */
  names: readonly string[]
  /** Line that the store refused, counted from 1. */
  failedLine: number | null
  failure: string
  onChange(text: string): void
  onRun(): void
  onCancel(): boolean
  handle: Ref<SqlEditorHandle>
}) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const language = useRef(new Compartment())
  const calls = useRef({ onChange, onRun, onCancel })
  calls.current = { onChange, onRun, onCancel }
  const first = useRef({ value, label, hint, schema, names })

  useEffect(() => {
    const start = first.current
    const keys = Prec.highest(
      keymap.of([
        {
          key: 'Mod-Enter',
          run: () => {
            calls.current.onRun()
            return true
          },
        },
        { key: 'Escape', run: () => calls.current.onCancel() },
      ]),
    )
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          keys,
          basicSetup,
          look,
          tooltips({ parent: document.body }), // a list of names must not be cut at the edge of a low editor
          syntaxHighlighting(inks),
          language.current.of(languageOf(start.schema, start.names)),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': start.label }),
          placeholder(start.hint),
          EditorView.updateListener.of(update => update.docChanged && calls.current.onChange(update.state.doc.toString())),
        ],
      }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [])
  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageOf(schema, names)) })
  }, [schema, names])
  useEffect(() => {
    const editor = view.current
    if (!editor) return
    const marks: Diagnostic[] = []
    if (failedLine !== null && failedLine >= 1 && failedLine <= editor.state.doc.lines) {
      const { from, to } = editor.state.doc.line(failedLine)
      marks.push({ from, to, severity: 'error', message: failure })
    }
    editor.dispatch(setDiagnostics(editor.state, marks))
  }, [failedLine, failure])
  useImperativeHandle(handle, () => ({
    focus: () => view.current?.focus(),
    insert(text) {
      const editor = view.current
      if (!editor) return
      editor.dispatch(editor.state.replaceSelection(text))
      editor.focus()
    },
    chosen() {
      const editor = view.current
      if (!editor) return { sql: value, line: 1 }
      const { main } = editor.state.selection
      if (main.empty) return { sql: editor.state.doc.toString(), line: 1 }
      return { sql: editor.state.sliceDoc(main.from, main.to), line: editor.state.doc.lineAt(main.from).number }
    },
  }))
  return <div ref={place} className={css.editor} />
}
