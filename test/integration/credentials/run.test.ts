/** Runs whose devices sign in: tokens are renewed and revoked while messages flow. */
import { expect, test } from 'vitest';
import { ran } from '../../helpers/run.ts';

const scenario = (credentials: string, population = ''): string => `
causeway: 1
name: Credentials
duration: 4s
gateway: { topics: { up: { direction: up }, down: { direction: down } } }
populations:
  devices:
    actor: sensor
    count: 40
    group: { name: room, count: 4 }
    client: { cleanSession: false }
    ${credentials}
    connect: { over: 200ms }
    publish:
      value: { topic: "up/{room}/{id}", qos: 1, schedule: { every: 200ms } }
    subscribe: [{ topic: "down/{room}", qos: 1 }]
${population}
services:
  sink:
    consume: { topics: [up], group: GID_sink, ordered: true }
    commands:
      call: { topic: down, population: devices, target: group, second: "/{room}", schedule: { every: 100ms } }
`;

// Renewed every second, nine seconds before they end: however busy the machine is, no renewal comes too late. And a busy
// machine makes a run invalid, which says nothing about credentials; a broken promise makes it fail.
const OFTEN = 'ttl: 10s, renew: 9s before expiry';

test('tokens are renewed on the connection: nothing is lost, nobody reconnects', async () => {
  const { result } = await ran(scenario(`credentials: { token: { ${OFTEN} } }`), { threads: 2 });
  expect(result.verdict, JSON.stringify(result.reasons)).not.toBe('fail');
  expect(result.credentials).toMatchObject({ revoked: 0, refusedByCode: {}, closedByCode: {}, dismissed: 0 });
  expect(result.credentials!.issued).toBeGreaterThan(80);
  expect(result.credentials!.renewed).toBeGreaterThan(40);
  expect(result.clients).toMatchObject({ connected: 40, reconnects: 0, refused: 0 });
  expect(result.ledger.up).toMatchObject({ lost: 0, missingUnpromised: 0 });
}, 60_000);

test('revoked members are closed with code 3 and stay away; what they owe is not lost', async () => {
  const token = `credentials: { token: { ${OFTEN}, revoke: { members: 7, at: 2s } } }`;
  const { result, events } = await ran(scenario(token), { threads: 2 });
  expect(result.verdict, JSON.stringify(result.reasons)).not.toBe('fail');
  expect(result.credentials).toMatchObject({ revoked: 7, closedByCode: { 3: 7 }, dismissed: 7 });
  expect(result.clients).toMatchObject({ planned: 40, connected: 33 });
  expect(result.ledger.up.lost).toBe(0);
  // Seven of forty say nothing in the second half.
  expect(result.ledger.up.notSent).toBeGreaterThan(0);
  expect(result.ledger.down).toMatchObject({ lost: 0 });
  expect(result.ledger.down.missingUnpromised).toBeGreaterThan(0);
  expect(events.map((event) => event.text)).toContain('devices: the tokens of 7 members are revoked');
}, 60_000);

test('signatures, beside a population without credentials', async () => {
  const guests = `
  guests:
    actor: sensor
    count: 5
    publish:
      value: { topic: "up/guests/{id}", qos: 1, schedule: { every: 200ms } }
`;
  const { result } = await ran(scenario('credentials: signature', guests), { durationMs: 1000 });
  expect(result.verdict, JSON.stringify(result.reasons)).not.toBe('fail');
  expect(result.clients).toMatchObject({ connected: 45, refused: 0 });
  expect(result.credentials).toMatchObject({ issued: 0, renewed: 0, closedByCode: {} });
}, 60_000);

test('a client that is away while its token ends comes back with a new one', async () => {
  const yaml = scenario('credentials: { token: { ttl: 2s, renew: 1s } }\n    outages: { share: 50%, every: 4s, for: 2500ms }');
  const { result } = await ran(yaml);
  expect(result.verdict, JSON.stringify(result.reasons)).not.toBe('fail');
  expect(result.clients.connected).toBe(40);
  expect(result.clients.reconnects).toBeGreaterThan(0);
  expect(result.credentials).toMatchObject({ dismissed: 0 });
}, 60_000);

test('secrets and tokens are in no event, frame or result', async () => {
  const { result, events, frames } = await ran(scenario('credentials: { token: { ttl: 2s } }'), { durationMs: 1000 });
  const told = JSON.stringify([result, events, frames]);
  expect(told).not.toMatch(/RW\||"token"|eyJ|WyI/);
  expect(told).not.toContain('secretKey');
}, 60_000);
