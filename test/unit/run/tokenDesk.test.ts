import { beforeEach, expect, test } from 'vitest';
import type { Member } from '../../../core/run/devices.ts';
import { revokedMembers } from '../../../core/run/runCredentials.ts';
import { TOKEN_UPLOAD, TokenDesk } from '../../../core/run/tokenDesk.ts';

let log: string[];
let connected: boolean;
let due: { atMs: number; work: () => void }[];
let nowMs: number;
let desk: TokenDesk;

const member = {
  receiver: 7,
  client: {
    get connected() {
      return connected;
    },
    setPassword: (password: string) => log.push(`password ${password}`),
    connect: () => log.push('connect'),
    forget: (token: number) => {
      log.push(`forget ${token}`);
      return 1;
    },
    end: async () => {
      log.push('end');
    },
    publish: (topic: string, payload: Buffer, qos: number, _retain: boolean, token: number) => {
      log.push(`publish ${topic} ${payload.toString()} ${qos} ${token}`);
      return 'sent';
    },
  },
} as unknown as Member;

beforeEach(() => {
  log = [];
  due = [];
  nowMs = 0;
  connected = false;
  desk = new TokenDesk({
    request: (receivers) => log.push(`request ${receivers.join()}`),
    after: (ms, work) => due.push({ atMs: nowMs + ms, work }),
    dismiss: () => log.push('dismiss'),
    wallClock: () => nowMs,
  });
});

/** Lets the time pass; returns what happened. */
function pass(toMs: number): string[] {
  for (;;) {
    const next = due.filter((d) => d.atMs <= toMs).sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) break;
    due.splice(due.indexOf(next), 1);
    nowMs = Math.max(nowMs, next.atMs);
    next.work();
  }
  nowMs = toMs;
  return log.splice(0);
}
const give = (token: string | undefined, expiresAtMs = 0): void => desk.take([{ receiver: 7, token, expiresAtMs }]);

function start(): void {
  desk.connect(member, 4000);
  expect(pass(100)).toEqual(['request 7']);
  give('one', 10_000);
  expect(pass(200)).toEqual(['password RW|one', 'connect']);
  connected = true;
  desk.connected(member);
}

test('a member gets its token, connects, and uploads the next one before the first ends', () => {
  start();
  expect(pass(5900)).toEqual([]);
  expect(pass(6100)).toEqual(['request 7']);
  give('two', 16_000);
  expect(pass(6200)).toEqual(['password RW|two', `publish $SYS/uploadToken {"token":"two","type":"RW"} 1 ${TOKEN_UPLOAD}`]);
  expect(desk.uploads(member)).toBe(1);
  desk.uploaded(member);
  expect(desk.uploads(member)).toBe(0);
  expect(pass(12_100)).toEqual(['request 7']);
});

test('an upload that was under way when the connection was lost is not sent again: the next CONNECT shows a newer token', () => {
  start();
  pass(6100);
  give('two', 16_000);
  pass(6200);
  connected = false;
  desk.closed(member);
  expect(log.splice(0)).toEqual([`forget ${TOKEN_UPLOAD}`]);
  expect(desk.uploads(member)).toBe(0);
  desk.closed(member);
  expect(log.splice(0)).toEqual([]);
});

test('a token that was replaced is not renewed once more', () => {
  start();
  desk.noticed(member, '$SYS/tokenExpireNotice');
  expect(pass(300)).toEqual(['request 7']);
  give('two', 20_000);
  pass(400);
  // The first one would have been renewed at 6 s.
  expect(pass(15_900)).toEqual([]);
  expect(pass(16_100)).toEqual(['request 7']);
});

test('without a connection the next CONNECT shows the new token', () => {
  start();
  connected = false;
  pass(6100);
  give('two', 16_000);
  expect(pass(6200)).toEqual(['password RW|two']);
});

test('a notice makes it ask, but not twice', () => {
  start();
  desk.noticed(member, '$SYS/tokenExpireNotice');
  desk.noticed(member, '$SYS/tokenExpireNotice');
  expect(pass(300)).toEqual(['request 7']);
  desk.noticed(member, '$SYS/tokenInvalidNotice');
  expect(pass(400)).toEqual([]);
});

test('refused, it ends, asks for another and connects again; withdrawn, it is dismissed', () => {
  start();
  desk.refused(member);
  expect(pass(300)).toEqual(['end', 'request 7']);
  give('two', 20_000);
  expect(pass(400)).toEqual(['password RW|two', 'connect']);
  desk.refused(member);
  pass(500);
  give(undefined);
  expect(pass(600)).toEqual(['dismiss']);
  expect(desk.holds(member)).toBe(false);
  // What was planned for it does not happen any more.
  expect(pass(60_000)).toEqual([]);
});

test('who is refused again and again does not go on for ever', () => {
  start();
  for (let i = 0; i < 2; i += 1) {
    desk.refused(member);
    pass(nowMs + 50);
    give(`again ${i}`, 100_000);
    pass(nowMs + 50);
  }
  desk.refused(member);
  expect(pass(nowMs + 50)).toEqual(['end', 'dismiss']);
});

test('after its end answers are of no use', () => {
  desk.connect(member, 4000);
  pass(100);
  desk.close();
  give('one', 10_000);
  expect(pass(20_000)).toEqual([]);
});

test('revoked members are spread, and each is there once', () => {
  expect(revokedMembers(4, 20)).toEqual([0, 5, 10, 15]);
  expect(revokedMembers(20, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(new Set(revokedMembers(7, 11)).size).toBe(7);
});
