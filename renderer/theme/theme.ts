/** Causeway's look: calm water greys, one petrol accent. Colours that mean something stand in tokens.css, not here. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e6f6f6',
  '#d0ebec',
  '#a1d8d9',
  '#6ec3c6',
  '#47b1b5',
  '#249ea4',
  '#12858c',
  '#0b7078',
  '#085b62',
  '#05434a',
];
const ink: MantineColorsTuple = [
  '#d5dee1',
  '#b4c1c6',
  '#93a3aa',
  '#6d7f88',
  '#3a4a53',
  '#25323a',
  '#1a252c',
  '#121b21',
  '#0d151a',
  '#080e12',
];
const stone: MantineColorsTuple = [
  '#f5f8f8',
  '#edf1f2',
  '#e2e8ea',
  '#d3dbde',
  '#bfcacd',
  '#94a3a8',
  '#5d6c72',
  '#46545a',
  '#2c383d',
  '#182125',
];

const signal: MantineColorsTuple = [
  '#fdecee',
  '#fad7db',
  '#f3adb5',
  '#ec818d',
  '#e55c6b',
  '#dc4153',
  '#d03246',
  '#c3263b',
  '#a51d30',
  '#871625',
];

export const FONT =
  'Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
export const MONO_FONT =
  '"JetBrains Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace';

export const theme = createTheme({
  colors: { petrol, dark: ink, gray: stone, red: signal },
  primaryColor: 'petrol',
  primaryShade: 7,
  fontFamily: FONT,
  fontFamilyMonospace: MONO_FONT,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  headings: {
    fontFamily: FONT,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.25' },
      h2: { fontSize: '15px', lineHeight: '1.3' },
      h3: { fontSize: '14px', lineHeight: '1.35' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '11px', xl: '16px' },
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: true, multiline: true, maw: 320, fz: 'xs', transitionProps: { duration: 0 } },
    },
    Modal: { defaultProps: { transitionProps: { duration: 0 } } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Table: { defaultProps: { verticalSpacing: 5, horizontalSpacing: 'sm' } },
  },
});
