import { describe, expect, it } from 'vitest';
import { checkDevice, checkDown, checkUp } from '../../../core/measure/mappingCheck.ts';
import { MappingMatrix, MOST_EXAMPLES } from '../../../core/measure/mappingMatrix.ts';
import { emptyStamp, type StampFields } from '../../../core/measure/stamp.ts';
import { expectDevice, expectDown, expectUp } from '../../../core/measure/stampFlags.ts';
import { mappingCellSchema } from '../../../core/protocol/result.ts';

const stampOf = (sent: { flags: number; crcTopic: number; crcClient: number }): StampFields => ({
  ...emptyStamp(),
  stream: 4,
  seq: 17,
  ...sent,
});
const failedCells = (matrix: MappingMatrix, direction: 'up' | 'down' | 'device'): string[] =>
  Object.entries(matrix[direction])
    .filter(([, cell]) => cell.failed > 0)
    .map(([property]) => property);

describe('up: a device’s message at an MQ consumer', () => {
  const sent = { topic: 'home/floor1/t', clientId: 'GID@@@1', qos: 1, cleanSession: false, retain: false } as const;
  const right = { qoslevel: '1', cleansessionflag: 'false', mqttSecondTopic: '/floor1/t', clientId: 'GID@@@1' };

  function check(
    properties: Record<string, string>,
    { topic = 'home', key = 'GID@@@1' as string | undefined, intact = true, stamp = stampOf(expectUp(sent)) } = {},
  ): string[] {
    const matrix = new MappingMatrix();
    const ok = checkUp(stamp, properties, topic, key, intact, 0, matrix);
    expect(ok).toBe(matrix.failed === 0);
    return failedCells(matrix, 'up');
  }

  const without = (property: keyof typeof right): Record<string, string> => {
    const rest: Record<string, string> = { ...right };
    delete rest[property];
    return rest;
  };

  it('passes when every property is as sent', () => {
    expect(check(right)).toEqual([]);
    expect(check({ ...right, other: 'x' }, { key: undefined })).toEqual([]);
  });

  it.each([0, 1, 2] as const)('wants QoS %d and either clean flag as text', (qos) => {
    for (const cleanSession of [true, false]) {
      const stamp = stampOf(expectUp({ ...sent, qos, cleanSession }));
      expect(check({ ...right, qoslevel: String(qos), cleansessionflag: String(cleanSession) }, { stamp })).toEqual([]);
      expect(check({ ...right, qoslevel: String((qos + 1) % 3), cleansessionflag: String(!cleanSession) }, { stamp })).toEqual([
        'qoslevel',
        'cleansessionflag',
      ]);
    }
  });

  it('over an external broker wants what nobody can know to be absent, and the topic as the key', () => {
    const over = (properties: Record<string, string>, key: string): string[] => {
      const matrix = new MappingMatrix();
      checkUp(stampOf(expectUp(sent)), properties, 'home', key, true, 0, matrix, true);
      return failedCells(matrix, 'up');
    };
    const known = { qoslevel: '1', mqttSecondTopic: '/floor1/t' };
    expect(over(known, 'home/floor1/t')).toEqual([]);
    expect(over(right, 'home/floor1/t')).toEqual(['cleansessionflag', 'clientId']);
    expect(over(known, 'GID@@@1')).toEqual(['topic']);
  });

  it('finds each property that is missing', () => {
    expect(check(without('qoslevel'))).toEqual(['qoslevel']);
    expect(check(without('cleansessionflag'))).toEqual(['cleansessionflag']);
    expect(check(without('mqttSecondTopic'))).toEqual(['mqttSecondTopic']);
    expect(check(without('clientId'))).toEqual(['clientId']);
  });

  it.each(['floor1/t', '/floor1', '/floor1/t/', '/floor2/t', '', '//floor1/t'])(
    'finds the wrong subtopic %j',
    (mqttSecondTopic) => {
      expect(check({ ...right, mqttSecondTopic })).toEqual(['mqttSecondTopic']);
    },
  );

  it('finds a wrong parent', () => {
    expect(check(right, { topic: 'hame' })).toEqual(['mqttSecondTopic']);
    expect(check(right, { topic: '' })).toContain('topic');
    expect(check({ ...right, mqttSecondTopic: '/t' }, { topic: 'home/floor1' })).toContain('topic');
  });

  it('wants no subtopic property when the parent alone was published', () => {
    const stamp = stampOf(expectUp({ ...sent, topic: 'home' }));
    expect(check(without('mqttSecondTopic'), { stamp })).toEqual([]);
    expect(check({ ...right, mqttSecondTopic: '' }, { stamp })).toEqual(['mqttSecondTopic']);
    expect(check(without('mqttSecondTopic'), { stamp, topic: 'hame' })).toEqual(['topic']);
  });

  it('accepts no real topic, no other client and no other ordering key', () => {
    expect(check({ ...right, mqttRealTopic: 'x' })).toEqual(['mqttRealTopic']);
    expect(check({ ...right, clientId: 'GID@@@2' }, { key: 'GID@@@2' })).toEqual(['clientId']);
    expect(check(right, { key: 'GID@@@2' })).toEqual(['clientId']);
  });

  it('shows a damaged body', () => expect(check(right, { intact: false })).toEqual(['payload']));
});

describe('down: a service’s message at a device', () => {
  const bare = {
    shownTopic: 'cmd/all',
    qos: undefined,
    clean: undefined,
    hasSecond: true,
    hasReal: false,
    target: undefined,
  } as const;

  function check(
    command: Parameters<typeof expectDown>[0],
    {
      topic = command.shownTopic,
      qos = 1 as 0 | 1 | 2,
      subscription = 2 as 0 | 1 | 2 | 'p2p',
      retain = false,
      clientId = 'GID@@@1',
      offline = false,
      intact = true,
    } = {},
  ): string[] {
    const matrix = new MappingMatrix();
    const ok = checkDown(stampOf(expectDown(command)), topic, qos, subscription, retain, clientId, offline, intact, 0, matrix);
    expect(ok).toBe(matrix.failed === 0);
    return failedCells(matrix, 'down');
  }

  it('delivers at 1 when qoslevel is absent, never more than was subscribed (cases 1 and 2)', () => {
    expect(check(bare, { qos: 1, subscription: 2 })).toEqual([]);
    expect(check(bare, { qos: 2, subscription: 2 })).toEqual(['qoslevel']);
    for (const sent of [0, 1, 2] as const) {
      for (const subscription of [0, 1, 2] as const) {
        for (const qos of [0, 1, 2] as const) {
          expect(check({ ...bare, qos: sent }, { qos, subscription })).toEqual(
            qos === Math.min(sent, subscription) ? [] : ['qoslevel'],
          );
        }
      }
    }
  });

  it('delivers P2P at the message’s own QoS', () => {
    const p2p = { ...bare, shownTopic: 'cmd/p2p/GID@@@1', qos: 2, target: 'GID@@@1' } as const;
    expect(check(p2p, { qos: 2, subscription: 'p2p' })).toEqual([]);
    expect(check(p2p, { qos: 2, subscription: 0 })).toEqual([]);
    expect(check(p2p, { qos: 1, subscription: 'p2p' })).toEqual(['qoslevel']);
  });

  it('shows P2P to its target alone (case 22)', () => {
    const p2p = { ...bare, shownTopic: 'cmd/p2p/GID@@@1', target: 'GID@@@1' };
    expect(check(p2p, { clientId: 'GID@@@2', subscription: 'p2p' })).toEqual(['clientId']);
  });

  it('keeps P2P for an offline receiver only when the flag is false (cases 8 and 9)', () => {
    const p2p = { ...bare, shownTopic: 'cmd/p2p/GID@@@1', target: 'GID@@@1' };
    const away = { offline: true, subscription: 'p2p' } as const;
    expect(check({ ...p2p, clean: false }, away)).toEqual([]);
    expect(check({ ...p2p, clean: true }, away)).toEqual(['cleansessionflag']);
    expect(check(p2p, away)).toEqual(['cleansessionflag']);
    expect(check(p2p, { subscription: 'p2p' })).toEqual([]);
  });

  it('ignores the flag on messages that are not P2P (case 12)', () => {
    expect(check({ ...bare, clean: true }, { offline: true })).toEqual([]);
  });

  it('finds a wrong topic, in the cell of the property that shaped it', () => {
    expect(check(bare, { topic: 'cmd/one' })).toEqual(['topic', 'mqttSecondTopic']);
    expect(check({ ...bare, shownTopic: 'cmd', hasSecond: false }, { topic: 'cmd/' })).toEqual(['topic', 'mqttSecondTopic']);
    expect(check({ ...bare, shownTopic: 'cmd/real', hasReal: true })).toEqual([]);
    expect(check({ ...bare, shownTopic: 'cmd/real', hasReal: true }, { topic: 'cmd/all' })).toEqual(['topic', 'mqttRealTopic']);
  });

  it('finds retain and a damaged body (cases 31 and 32)', () => {
    expect(check(bare, { retain: true })).toEqual(['topic']);
    expect(check(bare, { intact: false })).toEqual(['payload']);
  });
});

describe('device: a message between devices', () => {
  const sent = { topic: 'chat/room/1', clientId: 'GID@@@1', qos: 1, cleanSession: true, retain: false } as const;

  function check({
    of = sent as Parameters<typeof expectDevice>[0],
    topic = 'chat/room/1',
    qos = 1 as 0 | 1 | 2,
    subscription = 1 as 0 | 1 | 2 | 'p2p',
    retain = false,
    intact = true,
  } = {}): string[] {
    const matrix = new MappingMatrix();
    const ok = checkDevice(stampOf(expectDevice(of)), topic, qos, subscription, retain, intact, 0, matrix);
    expect(ok).toBe(matrix.failed === 0);
    return failedCells(matrix, 'device');
  }

  it('comes on its own topic, unaltered, at the lower QoS of publish and subscription', () => {
    expect(check()).toEqual([]);
    expect(check({ subscription: 2, qos: 1 })).toEqual([]);
    expect(check({ subscription: 0, qos: 0 })).toEqual([]);
    expect(check({ subscription: 'p2p', qos: 1 })).toEqual([]);
    expect(check({ qos: 0 })).toEqual(['qoslevel']);
    expect(check({ subscription: 2, qos: 2 })).toEqual(['qoslevel']);
    expect(check({ topic: 'chat/room/2' })).toEqual(['topic']);
    expect(check({ intact: false })).toEqual(['payload']);
  });

  it('carries the retain flag only when it was published with it', () => {
    expect(check({ retain: true })).toEqual(['topic']);
    expect(check({ of: { ...sent, retain: true }, retain: true })).toEqual([]);
    expect(check({ of: { ...sent, retain: true } })).toEqual([]);
  });
});

describe('matrix', () => {
  const stamp = stampOf(expectUp({ topic: 'home', clientId: 'c', qos: 0, cleanSession: true, retain: false }));
  const wrong = (matrix: MappingMatrix, times: number): MappingMatrix => {
    for (let i = 0; i < times; i += 1) checkUp({ ...stamp, seq: i + 1 }, { qoslevel: '1' }, 'home', undefined, true, 2, matrix);
    return matrix;
  };

  it('keeps the first failures only, with names instead of numbers', () => {
    const cells = wrong(new MappingMatrix(), 50).cells(
      (n) => `stream ${n}`,
      (n) => `receiver ${n}`,
    );
    for (const cell of cells) mappingCellSchema.parse(cell);
    expect(cells).toHaveLength(17);
    const qoslevel = cells.find((cell) => cell.direction === 'up' && cell.property === 'qoslevel')!;
    expect(qoslevel).toMatchObject({ checked: 50, failed: 50 });
    expect(qoslevel.examples).toHaveLength(MOST_EXAMPLES);
    expect(qoslevel.examples[0]).toMatchObject({ stream: 'stream 4', sequence: 1, receiver: 'receiver 2', found: '1' });
    expect(cells.find((cell) => cell.direction === 'up' && cell.property === 'clientId')!.examples[0]!.found).toBe('absent');
    expect(cells.find((cell) => cell.direction === 'down' && cell.property === 'topic')).toMatchObject({ checked: 0, failed: 0 });
  });

  it('merges over threads', () => {
    const merged = wrong(new MappingMatrix(), 15).merge(wrong(new MappingMatrix(), 15).toPlain());
    expect(merged.up.qoslevel).toMatchObject({ checked: 30, failed: 30 });
    expect(merged.up.qoslevel.examples).toHaveLength(MOST_EXAMPLES);
    expect(merged.up.topic).toMatchObject({ checked: 30, failed: 0 });
  });
});
