import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

// Mantine wants ten shades; its components are pointed at the tokens below, so these only serve as a fallback.
const ACCENT: MantineColorsTuple = [
  '#e6f2ff',
  '#cce4ff',
  '#9dc9ff',
  '#7dbbff',
  '#5aa9ff',
  '#3a97fb',
  '#1f83ee',
  '#0b62c4',
  '#0a52a4',
  '#084385',
]

/** Mantine in the sizes and colours of tokens.css: dense, flat, square. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: ACCENT },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '15px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  components: {
    Menu: {
      defaultProps: { shadow: 'md', withinPortal: true, position: 'bottom-end', offset: 4, transitionProps: { duration: 0 } },
    },
    Popover: { defaultProps: { shadow: 'md', withinPortal: true, offset: 4, transitionProps: { duration: 0 } } },
    Tooltip: {
      defaultProps: { openDelay: 400, transitionProps: { duration: 0 }, events: { hover: true, focus: true, touch: false } },
    },
    Modal: { defaultProps: { transitionProps: { duration: 0 }, centered: false, yOffset: '12vh' } },
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    ActionIcon: { defaultProps: { size: 22, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 0 } } } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
  },
})

/** Points Mantine's variables at the tokens, in both schemes, so that there is one place for colours. */
export const cssVariables: CSSVariablesResolver = () => {
  const same = {
    '--mantine-color-body': 'var(--bg-1)',
    '--mantine-color-text': 'var(--text-1)',
    '--mantine-color-bright': 'var(--text-1)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-default': 'var(--bg-2)',
    '--mantine-color-default-hover': 'var(--bg-3)',
    '--mantine-color-default-color': 'var(--text-1)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-disabled': 'var(--bg-2)',
    '--mantine-color-disabled-color': 'var(--text-3)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-text)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-primary-color-light': 'var(--accent-quiet)',
    '--mantine-primary-color-light-hover': 'var(--accent-quiet)',
    '--mantine-primary-color-light-color': 'var(--accent-text)',
    '--mantine-color-accent-filled': 'var(--accent)',
    '--mantine-color-accent-filled-hover': 'var(--accent-text)',
    '--mantine-color-accent-light': 'var(--accent-quiet)',
    '--mantine-color-accent-light-color': 'var(--accent-text)',
    '--mantine-color-gray-light-color': 'var(--text-2)',
    '--mantine-color-gray-light-hover': 'var(--bg-3)',
    '--mantine-shadow-md': 'var(--shadow)',
    '--mantine-shadow-xl': 'var(--shadow)',
  }
  return { variables: {}, dark: same, light: same }
}
