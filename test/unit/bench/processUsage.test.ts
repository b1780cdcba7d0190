import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { cpuUs, waitedUs } from '../../../bench/processUsage.ts';

const used = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
/** /proc counts in steps of 10 ms, for user and system time each. */
const STEPS_US = 20_000;

it.runIf(process.platform === 'linux')('reads the CPU time that a process says it has used', () => {
  const before = used();
  const read = cpuUs(process.pid);
  expect(read).toBeGreaterThanOrEqual(before - STEPS_US);
  expect(read).toBeLessThanOrEqual(used() + STEPS_US);
});

it.runIf(process.platform === 'linux')('fails for a process that is gone', () => {
  const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  expect(() => cpuUs(gone)).toThrow('ENOENT');
});

it('the time waited for a core is no number where it can not be read', () => {
  expect(waitedUs(0)).toBeNaN();
});
