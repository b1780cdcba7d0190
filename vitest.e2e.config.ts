/** The window as people use it, in Chromium and in Electron: `npm run test:e2e` (builds first), not part of `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    // One lab at a time: what is waited for needs the machine.
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // As long as everything else waits in these tests; the default is one second.
    expect: { poll: { timeout: 60_000 } },
    reporters: ['verbose'],
  },
});
