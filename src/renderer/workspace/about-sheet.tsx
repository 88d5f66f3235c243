import { Modal } from '@mantine/core'
import { useHello } from '../desk.tsx'
import { UpdatesBox } from '../system/updates-box.tsx'
import { useText } from '../ui/text.ts'

/** Version, runtime, folder, and the notice that the chart library asks for. */
export function AboutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const hello = useHello()
  return (
    <Modal opened onClose={onClose} title="Contango" size={460} closeButtonProps={{ 'aria-label': t('panel.close') }}>
      {hello ? (
        <>
          <p>{t('status.version', { version: hello.version, runtime: hello.runtime })}</p>
          <p>{t('status.workspace', { folder: hello.workspace })}</p>
          <UpdatesBox />
        </>
      ) : null}
      <p>
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer" style={{ color: 'var(--accent-text)' }}>
          {t('about.charts')}
        </a>
      </p>
    </Modal>
  )
}
