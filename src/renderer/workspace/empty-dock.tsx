import { useApp, useBench } from '../app-context.tsx'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import css from './empty-dock.module.css'
import { PRESETS, pictureOf } from './presets.ts'

/** What an empty workspace offers: the ready-made arrangements as small pictures. */
export function EmptyDock() {
  const { workspaces } = useApp()
  const { t } = useText()
  const phase = useBench(state => state.phase)
  if (phase !== 'ready') return null
  return (
    <div className={css.empty}>
      <h2>{t('dock.empty')}</h2>
      <p>
        {t('dock.emptyHint', { keys: '\u0000' })
          .split('\u0000')
          .flatMap((part, index) => (index === 0 ? [part] : [<Keys key="keys" chord="Mod+K" />, part]))}
      </p>
      <div className={css.presets}>
        {PRESETS.map(preset => (
          <button key={preset.key} type="button" className={css.preset} onClick={() => void workspaces.arrange(preset)}>
            <svg viewBox="0 0 160 96" aria-hidden="true">
              {pictureOf(preset.root).map(box => (
                <Thumb key={`${box.kind}-${box.x}-${box.y}`} {...box} />
              ))}
            </svg>
            <strong>{t(preset.title)}</strong>
            <span>{t(preset.about)}</span>
          </button>
        ))}
      </div>
    </div>
  )
}

/** Panels that are pictures; the others are drawn as rows. */
const DRAWN: ReadonlySet<string> = new Set(['chart', 'options-smile', 'options-gamma', 'options-term'])

function Thumb({ kind, x, y, w, h }: { kind: string; x: number; y: number; w: number; h: number }) {
  const [left, top, width, height] = [x * 160 + 1, y * 96 + 1, w * 160 - 2, h * 96 - 2]
  const lines = Math.floor((height - 12) / 7)
  return (
    <g>
      <rect className={css.box} x={left} y={top} width={width} height={height} rx="2" />
      <rect className={css.head} x={left} y={top} width={width} height="5" rx="2" />
      {DRAWN.has(kind) ? (
        <polyline
          className={css.line}
          points={[0.1, 0.25, 0.38, 0.5, 0.66, 0.78, 0.92]
            .map(
              (at, index) => `${left + at * width},${top + 10 + (height - 18) * [0.7, 0.5, 0.62, 0.3, 0.42, 0.15, 0.25][index]!}`,
            )
            .join(' ')}
        />
      ) : (
        Array.from({ length: lines }, (_, index) => `${top + 10 + index * 7}`).map((at, index) => (
          <line key={at} className={css.row} x1={left + 4} x2={left + width * (index % 3 === 1 ? 0.6 : 0.85)} y1={at} y2={at} />
        ))
      )}
    </g>
  )
}
