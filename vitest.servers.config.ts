/** Tests against real servers, which need Java, Maven or Debian packages: `npm run test:servers`, not part of `npm test`. */
import { defineConfig } from 'vitest/config';
import { SERVER_TESTS } from './vitest.config.ts';

export default defineConfig({
  test: {
    include: SERVER_TESTS,
    pool: 'forks',
    // One server at a time: each wants a core and some hundred MB.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    reporters: ['default'],
  },
});
