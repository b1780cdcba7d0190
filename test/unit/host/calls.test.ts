/** What a window may ask, and what becomes of nonsense. Nothing here opens a port. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachWindow } from '../../../core/host/attachedWindow.ts';
import { userFolders } from '../../../core/host/folders.ts';
import type { Frame } from '../../../core/protocol/result.ts';
import { windowCalls } from '../../../core/protocol/window.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let lab: TestLab;
let window: TestWindow;
beforeEach(async () => {
  lab = await testLab();
  window = lab.window();
});
afterEach(() => lab.close());

const YAML = `causeway: 1
name: Mine
duration: 1s
gateway: { topics: { t: { direction: up } } }
populations: { devices: { actor: sensor, count: 3, publish: { a: { topic: "t/{id}", schedule: { rate: 3/s } } } } }
`;

describe('messages that are no calls', () => {
  it.each([
    null,
    1,
    'x',
    [],
    {},
    { seq: 'a' },
    { call: 'lab.info' },
    { call: 1, seq: 2 },
    { call: 'lab.info', seq: -1, input: {} },
  ])('%j leaves the lab as it was', async (message) => {
    window.raw(message);
    expect((await window.call('lab.info', {})).version).toBe('test');
    const seq = (message as { seq?: unknown } | null)?.seq;
    if (typeof seq === 'number') expect(window.answers.get(seq)).toMatchObject({ ok: false, error: { code: 'window.input' } });
  });

  it.each(['', 'nope', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'runs', 'x'.repeat(60)])(
    'an unknown call is refused: %j',
    async (call) => expect(await window.refusal(call, {})).toBe('window.call-unknown'),
  );

  it('wrong types, unknown keys and long texts are refused in every call', async () => {
    for (const call of Object.keys(windowCalls)) {
      for (const input of [
        null,
        7,
        'text',
        [1],
        { surprise: true },
        { id: 'x'.repeat(1_000_000) },
        JSON.parse('{"__proto__":{"id":"x"},"no":1}'),
      ]) {
        const code = await window.refusal(call, input);
        expect(['window.input', 'window.call-unknown'], `${call} ${JSON.stringify(input)?.slice(0, 40)}`).toContain(code);
      }
    }
    expect(({} as { id?: unknown }).id).toBeUndefined();
  });

  it('a megabyte of anything is a scenario with problems, not the end of the lab', async () => {
    for (const text of ['x'.repeat(1_000_000), '\0'.repeat(1_000_000), '['.repeat(900_000), '- &a [*a]\n'.repeat(2_000)]) {
      const { problems, explanation } = await window.call('scenarios.check', { text });
      expect(problems.length).toBeGreaterThan(0);
      expect(explanation).toBeNull();
    }
    expect(await window.refusal('scenarios.check', { text: 'x'.repeat(1_000_001) })).toBe('window.input');
  });

  it('nothing is answered any more once the window has gone, or the lab is closed', async () => {
    window.detach();
    window.raw({ call: 'lab.info', seq: 77, input: {} });
    const other = lab.window();
    await lab.host.close();
    other.raw({ call: 'lab.info', seq: 78, input: {} });
    await new Promise((resolve) => setImmediate(resolve));
    expect(window.answers.has(77)).toBe(false);
    expect(other.answers.has(78)).toBe(false);
  });
});

describe('scenarios', () => {
  it('lists those shipped, and the own ones with what is wrong with them', async () => {
    await window.call('scenarios.save', { text: YAML, name: 'Mine: a/b' });
    await writeFile(join(lab.folder, 'scenarios', 'bad.yaml'), 'causeway: 2');
    const list = await window.call('scenarios.list', {});
    expect(list.filter(({ shipped }) => shipped).map(({ problem }) => problem)).toEqual(
      list.filter(({ shipped }) => shipped).map(() => null),
    );
    expect(list.filter(({ shipped }) => shipped).length).toBeGreaterThan(2);
    expect(list.filter(({ shipped }) => !shipped)).toMatchObject([
      { name: 'Mine', problem: null, clients: 3 },
      { name: 'bad.yaml', problem: expect.any(String), clients: null },
    ]);
  });

  it('a folder that cannot be read is said, and the shipped ones are there all the same', async () => {
    // A file in its place, since for some users a test cannot take rights away.
    await writeFile(join(lab.folder, 'scenarios'), '');
    await writeFile(join(lab.folder, 'runs'), '');
    const list = await window.call('scenarios.list', {});
    expect(list.filter(({ shipped }) => shipped).length).toBeGreaterThan(2);
    expect(list.filter(({ shipped }) => !shipped)).toMatchObject([{ name: 'scenarios', problem: expect.any(String) }]);
    expect(await window.refusal('runs.list', {})).toBe('input.unreadable');
  });

  it('checks a text, with the line of each problem', async () => {
    const { problems } = await window.call('scenarios.check', { text: YAML.replace('duration', 'duratoin'), path: 'my.yaml' });
    expect(problems).toContainEqual(expect.objectContaining({ path: 'my.yaml', line: 3, suggestion: 'duration' }));
    const bad = await window.call('scenarios.check', { text: YAML, overrides: { set: ['nonsense'] } });
    expect(bad.problems.length).toBe(1);
    const { explanation } = await window.call('scenarios.check', { text: YAML, overrides: { durationMs: 7000 } });
    expect(explanation?.trafficMs).toBe(7000);
  });

  it('saves, replaces and removes the user’s own, and never a shipped one', async () => {
    const { path } = await window.call('scenarios.save', { text: YAML, name: '../../escape' });
    expect(path.startsWith(join(lab.folder, 'scenarios'))).toBe(true);
    expect(await window.refusal('scenarios.save', { text: YAML, name: '../../escape' })).toBe('scenario.exists');
    await window.call('scenarios.save', { text: `${YAML}seed: 7\n`, path });
    expect((await window.call('scenarios.read', { path })).text).toContain('seed: 7');
    const [shipped] = await window.call('scenarios.list', {});
    expect(await window.refusal('scenarios.save', { text: YAML, path: shipped!.path, replace: true })).toBe('scenario.shipped');
    expect(await window.refusal('scenarios.remove', { path: shipped!.path })).toBe('scenario.shipped');
    await window.call('scenarios.remove', { path });
    expect(await window.refusal('scenarios.read', { path })).toBe('input.unreadable');
  });

  it('touches no file outside its folders', async () => {
    const own = join(lab.folder, 'scenarios');
    await mkdir(own, { recursive: true });
    const secret = join(lab.folder, 'secret.yaml');
    await writeFile(secret, 'secret');
    await symlink(secret, join(own, 'link.yaml'));
    await symlink(lab.folder, join(own, 'folder'));
    const outside = [
      secret,
      join(own, '..', 'secret.yaml'),
      `${own}/../secret.yaml`,
      join(own, 'link.yaml'),
      join(own, 'folder', 'secret.yaml'),
      '/etc/passwd',
      `${own}/a\0.yaml`,
      own,
      join(own, 'notes.txt'),
    ];
    for (const path of outside) {
      expect(await window.refusal('scenarios.read', { path }), path).toBe('window.path');
      expect(await window.refusal('scenarios.save', { path, text: 'x', replace: true }), path).toBe('window.path');
      expect(await window.refusal('scenarios.remove', { path }), path).toBe('window.path');
    }
    expect(await readFile(secret, 'utf8')).toBe('secret');
  });

  it('opens and saves anywhere by dialog, where there is one', async () => {
    expect(await window.refusal('scenarios.openDialog', {})).toBe('window.desktop-only');
    const elsewhere = join(lab.folder, 'elsewhere.yaml');
    await writeFile(elsewhere, YAML);
    let picked: string | undefined = elsewhere;
    const dialogs = { openScenario: async () => picked, saveScenario: async () => picked, openRun: async () => picked };
    const desktop = await testLab({ host: 'desktop', dialogs });
    try {
      const other = desktop.window();
      expect(await other.refusal('scenarios.read', { path: elsewhere })).toBe('window.path');
      expect(await other.call('scenarios.openDialog', {})).toEqual({ path: elsewhere, text: YAML });
      expect((await other.call('scenarios.read', { path: elsewhere })).text).toBe(YAML);
      expect(await other.call('scenarios.saveDialog', { text: 'changed', name: 'x' })).toEqual({ path: elsewhere });
      expect(await readFile(elsewhere, 'utf8')).toBe('changed');
      picked = undefined;
      expect(await other.call('scenarios.openDialog', {})).toBeNull();
      expect(await other.call('runs.openDialog', {})).toBeNull();
    } finally {
      await desktop.close();
    }
  });
});

describe('settings', () => {
  const KAFKA = { address: '127.0.0.1:9092', user: 'ann', password: 'hunter2-secret' };
  const KEY_STORE = {
    encrypt: (text: string) => Buffer.from(text).toString('hex'),
    decrypt: (text: string) => Buffer.from(text, 'hex').toString(),
  };

  it('are kept, without a secret in the file or in an answer', async () => {
    expect(await window.call('settings.get', {})).toMatchObject({
      defaultEngine: 'embedded',
      keepsPasswords: false,
      engines: {},
    });
    const set = await window.call('settings.set', { engines: { kafka: KAFKA }, theme: 'dark' });
    expect(set.engines.kafka).toEqual({ address: KAFKA.address, user: 'ann', hasPassword: true });
    expect(JSON.stringify(set)).not.toContain('hunter2');
    expect(await readFile(join(lab.folder, 'settings.json'), 'utf8')).not.toContain('hunter2');
    // Another lab on the same file: the password was kept by the first one alone.
    const other = await testLab({ settingsFile: join(lab.folder, 'settings.json') });
    expect(await other.window().call('settings.get', {})).toMatchObject({
      theme: 'dark',
      engines: { kafka: { hasPassword: false } },
    });
    await other.close();
    const removed = await window.call('settings.set', { engines: { kafka: { ...KAFKA, password: '' } } });
    expect(removed.engines.kafka).toMatchObject({ hasPassword: false });
    expect((await window.call('settings.set', { engines: { kafka: { address: '' } } })).engines).toEqual({});
  });

  it('keep passwords encrypted where there is a key store', async () => {
    const settingsFile = join(lab.folder, 'kept.json');
    for (const again of [false, true]) {
      const desktop = await testLab({ settingsFile, secrets: KEY_STORE });
      const set = again ? {} : { engines: { kafka: KAFKA } };
      expect(await desktop.window().call('settings.set', set)).toMatchObject({
        keepsPasswords: true,
        engines: { kafka: { hasPassword: true } },
      });
      await desktop.close();
    }
    expect(await readFile(settingsFile, 'utf8')).not.toContain('hunter2');
  });

  it.each([
    ['memory', undefined],
    ['key store', KEY_STORE],
  ])('forget the password of a place that has become another one (%s)', async (_, secrets) => {
    const desktop = await testLab(secrets === undefined ? {} : { secrets });
    const settings = desktop.window();
    const { password: _given, ...place } = KAFKA;
    const set = async (kafka: { readonly address: string }, given: object = {}): Promise<boolean | undefined> =>
      (await settings.call('settings.set', { engines: { kafka: { ...kafka, ...given } } })).engines.kafka?.hasPassword;
    try {
      for (const change of [{ address: 'other:1' }, { user: 'bob' }, { user: undefined }, { tls: true }]) {
        expect(await set(KAFKA)).toBe(true);
        // Saved again, and with the same said in other words: it is the same place.
        expect(await set(place)).toBe(true);
        expect(await set(place, { tls: false })).toBe(true);
        expect(await set(place, change), JSON.stringify(change)).toBe(false);
        expect(await set(place)).toBe(false);
      }
    } finally {
      await desktop.close();
    }
  });

  it.each(['{', '[]', '{"theme":"loud"}', '{"engines":{"kafka":{"address":7}}}'])(
    'a damaged file gives defaults and a warning: %s',
    async (text) => {
      await writeFile(join(lab.folder, 'settings.json'), text);
      expect(await window.call('settings.get', {})).toMatchObject({ theme: 'system', warning: expect.any(String) });
      expect((await window.call('settings.set', { theme: 'light' })).warning).toBeUndefined();
    },
  );

  it('name the engine of a run, and refuse what cannot be', async () => {
    const check = (overrides: object) => window.call('scenarios.check', { text: YAML, overrides });
    await window.call('settings.set', { engines: { kafka: { address: '127.0.0.1:9999' } } });
    expect((await check({ engine: 'kafka' })).explanation?.engine).toContain('127.0.0.1:9999');
    expect((await check({})).explanation?.engine).toContain('embedded');
    await window.call('settings.set', { defaultEngine: 'kafka' });
    expect((await check({})).explanation?.engine).toContain('127.0.0.1:9999');
    expect((await check({ engine: 'embedded' })).explanation?.engine).toContain('embedded');
    await window.call('settings.set', { useBroker: true });
    expect((await check({})).problems.length).toBe(1);
    await window.call('settings.set', { broker: { address: '127.0.0.1:1884' } });
    expect((await check({})).problems).toEqual([]);
  });

  it('are tried: nobody there is an answer, not an error', async () => {
    expect(await window.call('settings.test', { what: 'embedded' })).toMatchObject({ ok: true });
    expect(await window.call('settings.test', { what: 'broker' })).toMatchObject({ ok: false });
    await window.call('settings.set', { broker: { address: '127.0.0.1:1' } });
    expect(await window.call('settings.test', { what: 'broker' })).toMatchObject({ ok: false, text: expect.any(String) });
  });
});

describe('a window that does not read', () => {
  const frame = (offered: number): Frame =>
    ({
      ...{ atMs: offered, state: 'running', connected: 1, offered, sent: 0, acknowledged: 0, up: 0, down: 0, device: 0 },
      ...{ pending: 0, duplicates: 0, reordered: 0, corrupted: 0, mappingFailed: 0, answers: 0, slipP99: null, utilisation: {} },
      latency: { up: { p50: null, p99: 1 }, down: { p50: null, p99: null }, device: { p50: null, p99: null } },
    }) as Frame;

  it('is sent little when it reads again: the newest, with nothing missing from the counts', async () => {
    const sent: unknown[] = [];
    let backlog = 0;
    const attached = attachWindow({ send: (message) => sent.push(message), backlog: () => backlog });
    attached.push({ push: 'frame', id: 'r', frame: frame(1) });
    expect(sent.length).toBe(1);
    backlog = 10_000_000;
    for (let i = 0; i < 10_000; i += 1) {
      attached.push({ push: 'frame', id: 'r', frame: frame(1) });
      attached.push({ push: 'event', id: 'r', event: { atMs: i, level: 'info', text: 'x' } });
    }
    expect(sent.length).toBe(1);
    backlog = 0;
    await waitFor('what was held back', () => sent.length > 1);
    expect(sent.length).toBeLessThan(300);
    expect(sent[1]).toMatchObject({ push: 'frame', frame: { offered: 10_000 } });
    expect(sent.at(-1)).toMatchObject({ event: { atMs: 9_999 } });
    attached.push({ push: 'frame', id: 'r', frame: frame(5) });
    expect(sent.at(-1)).toMatchObject({ frame: { offered: 5 } });
    attached.detach();
  });

  it('misses no measured row and no failure of "MQTT or MQ?", and learns last what is under way', async () => {
    const sent: { readonly text?: string }[] = [];
    let backlog = 10_000_000;
    const attached = attachWindow({ send: (message) => sent.push(message as never), backlog: () => backlog });
    const told = (text: string, more: object): void => {
      const push = { push: 'choose', engine: 'embedded', running: null, text, step: 0, steps: 1, row: null, error: null };
      attached.push({ ...push, ...more } as never);
    };
    for (const step of ['one', 'two']) told(step, { running: 'churn' });
    told('measured', { running: 'churn', row: { id: 'churn' } });
    told('no', { running: 'fan-out', error: 'no' });
    told('three', { running: 'memory' });
    expect(sent).toEqual([]);
    backlog = 0;
    await waitFor('what was held back', () => sent.length > 0);
    expect(sent.map(({ text }) => text)).toEqual(['measured', 'no', 'three']);
    attached.detach();
  });
});

describe('folders', () => {
  it('lie where each system keeps documents and settings', () => {
    expect(userFolders('linux', {}, '/h').runsFolder).toBe('/h/.local/share/causeway/runs');
    expect(userFolders('linux', { XDG_CONFIG_HOME: '/c' }, '/h').settingsFile).toBe('/c/causeway/settings.json');
    expect(userFolders('darwin', {}, '/h').scenariosFolder).toBe('/h/Documents/Causeway/scenarios');
  });
});
