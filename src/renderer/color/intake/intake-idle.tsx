import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { ROW_FIELDS } from '../../../core/color/color-fields.ts'
import { useDesk, useHello } from '../../desk.tsx'
import { receiveFile } from '../../lab/export-file.ts'
import { DropPlace } from '../../ui/drop-place.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import css from './intake.module.css'

const FILES = '.xlsx,.xlsm,.xls,.csv,.tsv,.txt'
const NEEDED = COLOR_COLUMNS.filter(({ isRequired }) => isRequired)
/** What is worked out of others is nothing in a file. */
const READ = new Set(ROW_FIELDS.flatMap(({ name, key }) => (key === null ? [] : [name])))
const OPTIONAL = COLOR_COLUMNS.filter(({ name, isRequired }) => !isRequired && READ.has(name))

/** Where a file is dropped, what it must have, and an empty one to begin with. */
export function Idle({ onFile, onDemo }: { onFile(file: File): void; onDemo: ((name: string) => void) | null }) {
  const { t } = useText()
  const isDemo = useHello()?.demo ?? false
  const desk = useDesk()
  const save = async (format: 'xlsx' | 'csv') => {
    const file = `colors-template.${format}`
    try {
      await receiveFile(await desk.color.intake.template({ format }), file, format, () => {})
      notify({ tone: 'good', text: t('colorIntake.templateSaved', { file }), key: 'color-intake' })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => <code key={name}>{name}</code>)
  return (
    <div className={css.scroll}>
      <DropPlace says={t('colorIntake.drop')} pick={t('import.pick')} accept={FILES} onFile={onFile}>
        {(['xlsx', 'csv'] as const).map(format => (
          <button key={format} type="button" className={css.secondary} onClick={() => void save(format)}>
            {t('colorIntake.template', { format })}
          </button>
        ))}
        {isDemo && onDemo ? (
          <button type="button" className={css.secondary} onClick={() => onDemo(t('colorIntake.demoFile'))}>
            {t('colorIntake.tryDemo')}
          </button>
        ) : null}
      </DropPlace>
      <dl className={css.about}>
        <dt>{t('colorIntake.needs')}</dt>
        <dd>{names(NEEDED)}</dd>
        <dt>{t('colorIntake.mayHave')}</dt>
        <dd>{names(OPTIONAL)}</dd>
        <dd className={css.quiet}>{t('colorIntake.needsSays')}</dd>
      </dl>
    </div>
  )
}
