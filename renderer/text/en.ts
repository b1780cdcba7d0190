/** Every text of the window, by screen. Functions where a value stands in it. zh.ts has the same keys; the compiler says what is missing. */
export const en = {
  screens: {
    home: 'Home',
    run: 'Run',
    inspect: 'Inspect',
    compare: 'Compare',
    editor: 'Scenario editor',
    settings: 'Settings',
  },
};
export type Texts = typeof en;
