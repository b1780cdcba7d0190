import { describe, expect, it } from 'vitest';
import { checkDown, checkUp } from '../../../core/measure/mappingCheck.ts';
import { MappingMatrix } from '../../../core/measure/mappingMatrix.ts';
import { ReceiverLedger } from '../../../core/measure/receiverLedger.ts';
import { SenderLedger } from '../../../core/measure/senderLedger.ts';
import { settle } from '../../../core/measure/settle.ts';
import { bodyIntact, emptyStamp, patchSent, readStamp, stampPayload } from '../../../core/measure/stamp.ts';
import { expectDown, expectUp } from '../../../core/measure/stampFlags.ts';
import { judge, type Verdict } from '../../../core/measure/verdict.ts';
import { measured } from './fixtures.ts';

const RUN = 77;
const STREAM = 1;
const RECEIVER = 5;
const CLIENT = 'GID@@@1';

interface Wire {
  payload: Buffer;
  properties: Record<string, string>;
  topic: string;
}

/** What happens between sender and receiver; the checker has to notice. */
type Fault = (messages: Wire[]) => Wire[];

const none: Fault = (messages) => messages;
const damage =
  (at: (payload: Buffer) => number): Fault =>
  (messages) =>
    messages.map((message, i) => {
      if (i !== 4) return message;
      const payload = Buffer.from(message.payload);
      payload[at(payload)]! ^= 1;
      return { ...message, payload };
    });
const change =
  (changes: Record<string, string | undefined>): Fault =>
  (messages) =>
    messages.map((message, i) => {
      if (i !== 4) return message;
      const properties: Record<string, string> = { ...message.properties };
      for (const [key, value] of Object.entries(changes)) {
        if (value === undefined) delete properties[key];
        else properties[key] = value;
      }
      return { ...message, properties };
    });
const faults: Record<string, [Fault, string]> = {
  drop: [(messages) => messages.filter((_, i) => i !== 4), 'messages-lost'],
  'drop the last': [(messages) => messages.slice(0, -1), 'messages-lost'],
  duplicate: [
    (messages) => messages.flatMap((message, i) => (i === 4 ? [message, message] : [message])),
    'duplicates-unexplained',
  ],
  swap: [
    (messages) => {
      const swapped = [...messages];
      [swapped[4], swapped[5]] = [swapped[5]!, swapped[4]!];
      return swapped;
    },
    'order-broken',
  ],
  'corrupt the body': [damage((payload) => payload.length - 2), 'messages-corrupted'],
  'corrupt the stamp': [damage(() => 30), 'messages-corrupted'],
  'corrupt the marker': [damage(() => 2), 'messages-unexpected'],
  'send another run’s': [
    (messages) => [
      ...messages,
      { ...messages[0]!, payload: stampPayload('{}', { ...emptyStamp(), runId: RUN + 1, stream: STREAM, seq: 1 }) },
    ],
    'messages-unexpected',
  ],
};

function runOnce(direction: 'up' | 'down', fault: Fault): Verdict {
  const sender = new SenderLedger();
  const expected =
    direction === 'up'
      ? expectUp({ topic: 'home/t', clientId: CLIENT, qos: 1, cleanSession: true, retain: false })
      : expectDown({ shownTopic: 'home/t', qos: 1, clean: undefined, hasSecond: true, hasReal: false, target: undefined });
  const sent: Wire[] = [];
  for (let i = 0; i < 10; i += 1) {
    const seq = sender.offered(STREAM);
    const payload = stampPayload(`{"value":${i}}`, {
      ...emptyStamp(),
      ...expected,
      runId: RUN,
      stream: STREAM,
      seq,
      dueUs: i * 1000,
    });
    sender.handed(STREAM);
    patchSent(payload, i * 1000 + 20);
    sender.sent(STREAM, seq);
    sender.acknowledged(STREAM, seq);
    const properties = { qoslevel: '1', cleansessionflag: 'true', mqttSecondTopic: '/t', clientId: CLIENT };
    sent.push({ payload, properties, topic: direction === 'up' ? 'home' : 'home/t' });
  }

  const ledger = new ReceiverLedger();
  const matrix = new MappingMatrix();
  const stamp = emptyStamp();
  for (const { payload, properties, topic } of fault(sent)) {
    const read = readStamp(payload, stamp);
    if (read !== 'ok' || stamp.runId !== RUN) {
      ledger.note(direction, read === 'damaged' ? 'corrupted' : 'foreign');
      continue;
    }
    const intact = bodyIntact(payload, stamp);
    if (!intact) ledger.note(direction, 'corrupted');
    ledger.seen(RECEIVER, stamp.stream, stamp.seq, false);
    if (direction === 'up') checkUp(stamp, properties, topic, properties.clientId, intact, RECEIVER, matrix);
    else {
      const qos = properties.qoslevel === '1' ? 1 : 0;
      checkDown(
        stamp,
        `${topic.split('/')[0]}${properties.mqttSecondTopic ?? ''}`,
        qos,
        1,
        false,
        CLIENT,
        false,
        intact,
        RECEIVER,
        matrix,
      );
    }
  }
  const receivers = [{ receiver: RECEIVER, direction, promised: true, ordered: true }];
  const settlement = settle(
    { streams: [{ stream: STREAM, direction, receivers }], directionOf: () => direction },
    sender.summary(),
    [ledger.summary()],
  );
  const { saturation } = measured();
  const mapping = matrix.cells(String, String);
  return judge({ ...settlement, mapping, saturation, paths: [], thresholds: [], interrupted: false });
}

describe.each(['up', 'down'] as const)('the checker, %s', (direction) => {
  it('passes what arrived as it was sent', () => {
    expect(runOnce(direction, none)).toMatchObject({ verdict: 'pass', reasons: [] });
  });

  it.each(Object.entries(faults))('turns red: %s', (_, [fault, code]) => {
    const { verdict, reasons } = runOnce(direction, fault);
    expect(verdict).toBe('fail');
    expect(reasons.map((reason) => reason.code)).toContain(code);
  });

  const changes: Record<string, string | undefined>[] = [
    { qoslevel: '0' },
    { mqttSecondTopic: '/other' },
    { mqttSecondTopic: undefined },
  ];
  if (direction === 'up') {
    changes.push(
      { cleansessionflag: 'false' },
      { clientId: 'GID@@@2' },
      { mqttRealTopic: 'x' },
      { qoslevel: undefined },
      { clientId: undefined },
    );
  }
  it.each(changes)('turns red on the wrong property %j, and names it', (wrong) => {
    const { verdict, reasons } = runOnce(direction, change(wrong));
    expect(verdict).toBe('fail');
    expect(reasons.every((reason) => reason.code === 'mapping-failed')).toBe(true);
    expect(reasons.map((reason) => reason.text).join()).toContain(Object.keys(wrong)[0]);
  });
});
