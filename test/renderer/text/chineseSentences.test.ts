/** Sentences as the lab makes them, whole ones: nothing in them stays English but names and values. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { advise } from '../../../core/choose/advise.ts';
import { figure } from '../../../core/choose/figures.ts';
import { judge as judgeRow } from '../../../core/choose/rules.ts';
import { tableOf } from '../../../core/choose/table.ts';
import { downArrows, upArrows } from '../../../core/host/inspect/arrows.ts';
import { judgeSaturation } from '../../../core/measure/saturation.ts';
import { judge, type VerdictInput } from '../../../core/measure/verdict.ts';
import { CHOOSE_ROWS } from '../../../core/protocol/choose.ts';
import { CausewayError, type Problem } from '../../../core/protocol/errors.ts';
import type { MqMessageView, MqttPacketView } from '../../../core/protocol/window.ts';
import { EventText } from '../../../core/run/eventText.ts';
import { describeChecks, describeTalk } from '../../../core/scenario/describe.ts';
import { parseScenario } from '../../../core/scenario/loader.ts';
import { labText } from '../../../renderer/text/lab.ts';
import { latency, ledger, measured } from '../../unit/measure/fixtures.ts';
import { SAMPLE } from '../../unit/scenario/sample.ts';
import { isChinese } from './coreTexts.ts';

/** Those of these texts that are not Chinese, each once, with what became of them. */
const english = (texts: Iterable<string>): string[] =>
  [...new Set(texts)]
    .filter((text) => text !== '')
    .map((text) => [text, labText('zh', text)] as const)
    .filter(([, translated]) => !isChinese(translated))
    .map(([text, translated]) => `${text} -> ${translated}`);

test('verdicts', () => {
  const spoiled = ledger(100, {
    lost: 1,
    duplicatesUnexplained: 2,
    corrupted: 3,
    unexpected: 4,
    reordered: 5,
    maxReorderDistance: 6,
    orderGuaranteed: true,
  });
  const three = { up: 1, down: 2, device: 3 };
  const examples = [{ stream: 's', sequence: 1, receiver: 'r', expected: 'absent', found: 'a b' }];
  const input: VerdictInput = {
    ...measured(),
    ledger: { up: spoiled, down: spoiled, device: spoiled },
    mapping: [
      { direction: 'up', property: 'topic', checked: 9, failed: 1, examples: [] },
      { direction: 'down', property: 'qoslevel', checked: 9, failed: 1, examples },
    ],
    paths: measured().paths.map((path) => ({ ...path, untraced: 50, sumOfHopMeans: 9 })),
    tracedMean: { up: 1234 },
    thresholds: ['up.endToEnd.p99', 'waves.all.t95'].flatMap((metric) =>
      [3, null].map((found) => ({ text: `${metric} < 2`, metric, found, passed: false })),
    ),
    neverDue: ['all'],
    interrupted: true,
    clients: { ...measured().clients, connected: 3 },
    drain: 'settled',
    unacknowledged: three,
    vanished: three,
    overrun: [{ group: 'g', topic: 't', messages: 3 }],
  };
  const threads = [{ thread: 'devices-1', utilisation: 1, utilisationMax: 1, eventLoopDelay: latency(1), waitingShare: 0.5 }];
  const generators = [{ thread: 'devices-1', generator: true, busyShare: 1 }];
  const saturation = judgeSaturation({ offered: 100, sent: 10, excused: 0, slip: latency(9e6), generators, threads });
  const nothing = { up: ledger(0), down: ledger(0), device: ledger(0) };
  const unseen = { ...nothing, up: ledger(0, { sent: 5 }) };
  const verdicts = [
    judge(input),
    judge({ ...input, dropsCounted: 1 }),
    judge({ ...input, drain: 'late' }),
    judge({ ...input, saturation }),
    judge({ ...input, saturation: { ...saturation, saturated: false } }),
    judge({ ...input, ledger: nothing }),
    judge({ ...input, ledger: unseen }),
  ];
  const texts = verdicts.flatMap(({ reasons, warnings }) => [...reasons, ...warnings].map(({ text }) => text));
  expect(english(texts)).toEqual([]);
});

test('lines of the event log', () => {
  const texts = new EventText();
  const events = (['connect', 'publish', 'subscribe'] as const).flatMap((what) =>
    Array.from({ length: 10 }, () => ({ kind: 'refused', what, clientId: 'c', reason: 'topic-invalid', value: 'a b' }) as const),
  );
  expect(english(events.map((event) => texts.of(event)!.text))).toEqual([]);
});

const payload = { bytes: 3, hex: '', text: null };
const packet = (changes: Partial<MqttPacketView>): MqttPacketView => ({
  topic: 'demo',
  qos: 1,
  retain: false,
  dup: false,
  clientId: 'c',
  cleanSession: true,
  payload,
  ...changes,
});

test('rules of inspected properties', () => {
  const ups = ['demo', 'demo/a'].flatMap((topic) => upArrows(packet({ topic, retain: true }), null));
  const sets: Record<string, string>[] = [
    {},
    { mqttSecondTopic: '/p2p/c' },
    { mqttSecondTopic: '/p2p/c', qoslevel: '2', cleansessionflag: 'false', mqttRealTopic: '/x' },
    { mqttSecondTopic: '/a', cleansessionflag: 'false', clientId: 'x', qosLevel: '1', note: 'x' },
  ];
  const downs = sets.flatMap((properties) => {
    const sent: MqMessageView = { topic: 'demo', key: null, tag: null, properties, partition: 0, offset: 0, payload };
    return [...downArrows(sent, packet({}), 1), ...downArrows(sent, null, 0)];
  });
  expect(english([...ups, ...downs].map(({ rule }) => rule))).toEqual([]);
});

test('reasons and notes of measured rows', () => {
  const names = [
    'memory per client',
    'time per client',
    'large messages',
    'small messages',
    'time to recover',
    'time to 100 %',
    'memory per receiver',
    'time to set up a receiver',
    'time to set up a device',
    'latency p50',
    'memory per device',
    'time to connect a device',
    'copies per message',
    'throughput',
    'commands known to a service that was away',
    'commands known to a service that comes later',
    'commands accepted',
    'memory per person',
    'time to join',
    'copies per line',
  ];
  const units = ['ms', 'KiB', 'of 400'];
  const counts = ['missing', 'lost', 'at the wrong device', 'reordered as sent', 'reordered as received'];
  const orders = ['reordered, one ordered consumer', 'reordered, three ordered consumers'];
  const facts = [
    'clients asked',
    'clients connected',
    'browser can connect',
    'members',
    'languages that work',
    'closed after',
    'good for',
  ];
  const copies = ['broadcasting: copies per message', 'clustering: copies per message', 'told before expiry', 'code of the end'];
  const side = (value: number | null, faults: number | null, unit: string) => [
    figure('named, and not tried', faults, '', undefined, 'Java, C++'),
    ...names.map((name) => figure(name, value, unit)),
    ...[...counts, ...orders].map((name) => figure(name, faults, 'messages')),
    ...[...facts, ...copies].map((name) => figure(name, value, '')),
    ...(value === null ? [] : [figure('JavaScript, TCP', value, 'ms')]),
  ];
  const values = [null, 0, 2, 1500.5];
  const texts = CHOOSE_ROWS.flatMap((id) =>
    values.flatMap((mqtt) =>
      values.flatMap((mq) =>
        [0, 1, null].flatMap((faults) =>
          units.flatMap((unit) => {
            const figures = { mqtt: side(mqtt, faults, unit), mq: side(mq, mq === 2 ? 1 : faults, unit) };
            return [false, true].flatMap((overloaded) => {
              const verdict = judgeRow(id, figures, overloaded);
              return [verdict.reason, verdict.mqtt.note, verdict.mq.note];
            });
          }),
        ),
      ),
    ),
  );
  expect(english(texts)).toEqual([]);
});

test('the advisor', () => {
  const { rows } = tableOf('embedded', new Map(), null);
  const texts = [1, 1_000_000].flatMap((clients) =>
    (['devices', 'browsers', 'servers', 'mixed'] as const).flatMap((where) =>
      [0, 1000].flatMap((messagesPerSecondPerClient) =>
        (['one-to-one', 'work-sharing', 'few', 'all'] as const).flatMap((fanOut) =>
          (['none', 'per-client', 'total'] as const).flatMap((order) =>
            (['none', 'store'] as const).flatMap((offline) => {
              const rest = { engine: 'embedded', messageBytes: 100 } as const;
              const told = advise({ ...rest, clients, where, messagesPerSecondPerClient, fanOut, order, offline }, rows);
              return [told.summary, ...told.components.flatMap(({ text, reasons }) => [text, ...reasons.map((one) => one.text)])];
            }),
          ),
        ),
      ),
    ),
  );
  expect(english([...texts, ...rows.map(({ reason }) => reason)])).toEqual([]);
});

test('what a scenario will do', () => {
  const shipped = readdirSync('scenarios').map((name) => readFileSync(`scenarios/${name}`, 'utf8'));
  const texts = [SAMPLE, ...shipped].flatMap((text) => {
    const { scenario } = parseScenario(text, 'x.yaml');
    return [...describeTalk(scenario), ...describeChecks(scenario)];
  });
  expect(english(texts)).toEqual([]);
});

test('problems of scenarios that have something wrong in every place', () => {
  const wrong = ['x y', '', '-1', '0', '{ x: 1 }', '99999999', '1.5', '[]', 'down', 'true', '10', '100%'];
  const lines = SAMPLE.split('\n');
  const texts = lines.flatMap((line, i) => {
    const keys = [...line.matchAll(/[a-z]+(?=:)/gi)].slice(0, 2).map(([key]) => line.replace(key, `${key}x`));
    const values = [...line.matchAll(/: ([^,{}]+)/g)].flatMap(([, value], k) =>
      [0, 1, 2].map((n) => line.replace(`: ${value}`, `: ${wrong[(i + k + 5 * n) % wrong.length]}`)),
    );
    return ['', ...keys, ...values].map((other) => lines.with(i, other).join('\n'));
  });
  const found = texts.flatMap((text): readonly Problem[] => {
    try {
      return parseScenario(text, 'x.yaml').warnings;
    } catch (error) {
      if (error instanceof CausewayError) return error.problems;
      throw error;
    }
  });
  // What the YAML library says is its own.
  const own = found.map(({ message }) => message).filter((message) => !message.startsWith('not valid YAML'));
  expect(new Set(own).size).toBeGreaterThan(300);
  expect(english(own)).toEqual([]);
});
