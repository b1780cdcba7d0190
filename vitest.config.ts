import { configDefaults, defineConfig } from 'vitest/config';

/** They start real servers and have a project of their own, vitest.servers.config.ts. */
export const SERVER_TESTS = [
  'test/servers/**/*.test.ts',
  'test/contract/{kafka,rabbitmq,rocketmq}.test.ts',
  'test/interop/**/*.test.ts',
];

export default defineConfig({
  test: {
    include: ['test/{unit,contract,integration,faults}/**/*.test.ts', 'test/renderer/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, ...SERVER_TESTS],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
