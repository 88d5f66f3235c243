import { HeaderActions, IconButton } from '../ui/form.tsx'
import { useText } from '../ui/text.ts'

/** Buttons in a panel's header that save what is shown as a picture and as data. */
export function SaveActions({ actions, onPicture, onCsv }: { actions: HTMLElement | null; onPicture(): void; onCsv(): void }) {
  const { t } = useText()
  return (
    <HeaderActions into={actions}>
      <IconButton icon="camera" label={t('chain.savePicture')} onClick={onPicture} />
      <IconButton icon="table" label={t('chain.saveCsv')} onClick={onCsv} />
    </HeaderActions>
  )
}
