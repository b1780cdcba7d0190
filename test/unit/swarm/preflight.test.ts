import { describe, expect, it } from 'vitest';
import { type LimitReadings, type LimitSources, readLimits } from '../../../core/swarm/limits.ts';
import { preflight } from '../../../core/swarm/preflight.ts';

const roomy: LimitReadings = {
  platform: 'linux',
  descriptorLimit: 1_048_576,
  descriptorsOpen: 30,
  portRange: { first: 32_768, last: 60_999 },
  freeMemoryBytes: 16e9,
};

const codes = (plan: Parameters<typeof preflight>[0], readings: LimitReadings): string[] =>
  preflight(plan, readings).problems.map((problem) => problem.code);

describe('preflight', () => {
  it('has nothing against a plan that fits', () => {
    const found = preflight({ clients: 5000, inProcessServer: true }, roomy);
    expect(found.problems).toEqual([]);
    expect(found.localAddresses).toEqual([]);
  });

  it('counts both ends of each connection when the server is in the process', () => {
    const readings = { ...roomy, descriptorLimit: 20_000 };
    expect(codes({ clients: 12_000, inProcessServer: false }, readings)).toEqual([]);
    expect(codes({ clients: 12_000, inProcessServer: true }, readings)).toEqual(['limit.descriptors']);
  });

  it('finds the exact bound of descriptors', () => {
    const plan = { clients: 1000, inProcessServer: true, reserveDescriptors: 100 };
    expect(codes(plan, { ...roomy, descriptorLimit: 2100 })).toEqual([]);
    const { problems, descriptors } = preflight(plan, { ...roomy, descriptorLimit: 2099 });
    expect(descriptors).toEqual({ needed: 2100, limit: 2099 });
    expect(problems[0]?.details).toEqual({ needed: 2100, limit: 2099 });
  });

  it('spreads over further loopback addresses when one has too few ports', () => {
    const { problems, localAddresses } = preflight({ clients: 60_000, inProcessServer: false }, roomy);
    expect(problems).toEqual([]);
    expect(localAddresses).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  });

  it.each(['darwin', 'win32'])('says that one address is all there is on %s', (platform) => {
    const readings = { ...roomy, platform, portRange: undefined, descriptorLimit: undefined };
    expect(codes({ clients: 10_000, inProcessServer: false }, readings)).toEqual([]);
    const { problems, localAddresses } = preflight({ clients: 60_000, inProcessServer: false }, readings);
    expect(problems.map(({ code }) => code)).toEqual(['limit.ports']);
    expect(problems[0]?.details.addresses).toBe(1);
    expect(localAddresses).toEqual([]);
  });

  it('chooses no source address for a broker elsewhere', () => {
    const plan = { clients: 60_000, inProcessServer: false, loopback: false };
    expect(codes(plan, roomy)).toEqual(['limit.ports']);
    expect(preflight(plan, roomy).localAddresses).toEqual([]);
  });

  it('compares memory with what is free', () => {
    const plan = { clients: 10_000, inProcessServer: false, perClientBytes: 10_000, reserveBytes: 0 };
    expect(codes(plan, { ...roomy, freeMemoryBytes: 100_000_000 })).toEqual([]);
    expect(codes(plan, { ...roomy, freeMemoryBytes: 99_999_999 })).toEqual(['limit.memory']);
  });

  it('names all problems at once', () => {
    const tight = {
      ...roomy,
      platform: 'darwin',
      descriptorLimit: 256,
      portRange: { first: 50_000, last: 50_099 },
      freeMemoryBytes: 1e6,
    };
    expect(codes({ clients: 1000, inProcessServer: true }, tight)).toEqual(['limit.descriptors', 'limit.ports', 'limit.memory']);
  });
});

describe('readLimits', () => {
  const files: Record<string, string> = {
    '/proc/self/limits':
      'Limit                     Soft Limit           Hard Limit           Units     \n' +
      'Max processes             95881                95881                processes \n' +
      'Max open files            1024                 1048576              files     \n',
    '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
    '/proc/meminfo': 'MemTotal:       24684620 kB\nMemFree:          100000 kB\nMemAvailable:   2000000 kB\n',
  };
  const sources = (platform: string, texts: Record<string, string>): LimitSources => ({
    platform,
    readText: (path) => {
      const text = texts[path];
      if (text === undefined) throw new Error(`ENOENT ${path}`);
      return text;
    },
    countEntries: () => 25,
    freeMemoryBytes: () => 123,
  });

  it('reads the soft limit, the port range and the memory available', () => {
    expect(readLimits(sources('linux', files))).toEqual({
      platform: 'linux',
      descriptorLimit: 1024,
      descriptorsOpen: 25,
      portRange: { first: 32_768, last: 60_999 },
      freeMemoryBytes: 2_000_000 * 1024,
    });
  });

  it('understands unlimited', () => {
    const limits = 'Max open files            unlimited            unlimited            files     \n';
    expect(readLimits(sources('linux', { '/proc/self/limits': limits })).descriptorLimit).toBe(Number.POSITIVE_INFINITY);
  });

  it('leaves out what the system does not tell', () => {
    const unknown = { descriptorLimit: undefined, portRange: undefined, freeMemoryBytes: 123 };
    expect(readLimits(sources('darwin', {}))).toEqual({ platform: 'darwin', descriptorsOpen: undefined, ...unknown });
    expect(readLimits(sources('linux', {}))).toEqual({ platform: 'linux', descriptorsOpen: 25, ...unknown });
  });

  it('reads this machine', () => {
    expect(readLimits().freeMemoryBytes).toBeGreaterThan(0);
  });
});
