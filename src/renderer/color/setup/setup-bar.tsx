import { Button } from '@mantine/core'
import type { SetupProblem } from '../../../core/color/setup-check.ts'
import { useText } from '../../ui/text.ts'
import css from './setup.module.css'
import type { Draft } from './use-setup.ts'

/** What is to be done with a changed form, what is wrong with it, and who changed it meanwhile. */
export function SetupBar<T>({
  form,
  problems,
  mayChange,
  usual,
  onUsual,
}: {
  form: Draft<T>
  problems: readonly SetupProblem[]
  mayChange: boolean
  /** What the button says that puts in the usual ones. */
  usual?: string
  onUsual(): void
}) {
  const { t } = useText()
  const { isChanged, isSaving, behind } = form
  const whole = problems.find(({ line }) => line === null)
  return (
    <footer className={css.bar}>
      {behind ? (
        <p className={css.behind} role="alert">
          {behind.user === null ? t('colorSetup.behindUsual') : t('colorSetup.behind', { user: behind.user })}
          <Button size="compact-sm" variant="default" onClick={form.takeTheirs}>
            {t('colorSetup.takeTheirs')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={form.keepMine}>
            {t('colorSetup.keepMine')}
          </Button>
        </p>
      ) : null}
      {whole ? <p className={css.bad}>{t(`colorSetup.problem.${whole.kind}`)}</p> : null}
      <div className={css.buttons}>
        <Button
          type="submit"
          size="compact-sm"
          disabled={!mayChange || !isChanged || isSaving || problems.length > 0 || !!behind}
        >
          {t('colorSetup.save')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={!isChanged || isSaving} onClick={form.discard}>
          {t('colorSetup.discard')}
        </Button>
        {isChanged ? <span className={css.quiet}>{t('colorSetup.unsaved')}</span> : null}
        <Button
          size="compact-sm"
          variant="subtle"
          className={css.right ?? ''}
          disabled={!mayChange || isSaving}
          onClick={onUsual}
        >
          {usual ?? t('colorSetup.usual')}
        </Button>
      </div>
    </footer>
  )
}

/** What is wrong with one line of a form. */
export function LineProblem({ problems, line }: { problems: readonly SetupProblem[]; line: number }) {
  const { t } = useText()
  const own = problems.find(problem => problem.line === line)
  return own ? <span className={css.bad}>{t(`colorSetup.problem.${own.kind}`)}</span> : null
}
