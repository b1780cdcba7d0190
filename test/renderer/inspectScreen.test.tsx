// @vitest-environment happy-dom
import './browser.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InspectArrow, type InspectResult, windowCalls } from '../../core/protocol/window.ts';
import { createFakeLab, type FakeLab } from '../../renderer/client/fakeLab.ts';
import { crossingOf } from '../../renderer/screens/inspect/crossing.ts';
import { EXAMPLE_NAMES, EXAMPLES } from '../../renderer/screens/inspect/examples.ts';
import { callOf, formProblems, START_MQ } from '../../renderer/screens/inspect/form.ts';
import { InspectScreen } from '../../renderer/screens/inspect/InspectScreen.tsx';
import { converted } from '../../renderer/screens/inspect/PayloadField.tsx';
import { show } from './show.tsx';

const HOSTILE = '<img src=x onerror="window.owned=1">\u202egnp';
const arrow = (change: Partial<InspectArrow>): InspectArrow => ({
  property: 'qoslevel',
  from: { field: 'qoslevel', value: '1' },
  to: { field: 'QoS', value: '1' },
  isDefault: false,
  dropped: false,
  rule: 'a rule',
  ...change,
});
const CARRIED = arrow({ property: 'topic', from: { field: 'topic', value: 'home/a' }, to: { field: 'topic', value: 'home' } });
const SECOND = arrow({ property: 'mqttSecondTopic', from: CARRIED.from, to: { field: 'mqttSecondTopic', value: '/a' } });
const DEFAULT = arrow({ from: null, isDefault: true, rule: 'not set: 1' });
const DROPPED = arrow({
  property: 'clientId',
  from: { field: 'clientId', value: HOSTILE },
  to: null,
  dropped: true,
  rule: 'stripped',
});

const result = (change: Partial<InspectResult>): InspectResult => ({
  direction: 'down',
  outcome: 'delivered',
  reason: 'The device received it.',
  mqttSent: null,
  mq: {
    topic: 'car',
    key: null,
    tag: null,
    properties: { [HOSTILE]: HOSTILE },
    partition: 0,
    offset: 1,
    payload: { bytes: 2, hex: 'ff00', text: null },
  },
  mqttReceived: [],
  arrows: [CARRIED, SECOND, DEFAULT, DROPPED],
  warnings: [],
  tookMs: 3,
  ...change,
});

describe('the crossing', () => {
  it('has one row for what several arrows share, and a row of its own for what nobody set', () => {
    const { left, right, links } = crossingOf([CARRIED, SECOND, DEFAULT, DROPPED]);
    expect(left.map(({ field, value }) => [field, value])).toEqual([
      ['topic', 'home/a'],
      ['qoslevel', null],
      ['clientId', HOSTILE],
    ]);
    expect(right.map(({ field }) => field)).toEqual(['topic', 'mqttSecondTopic', 'QoS']);
    expect(links.map(({ from, to, kind }) => [from, to, kind])).toEqual([
      [0, 0, 'carried'],
      [0, 1, 'carried'],
      [1, 2, 'default'],
      [2, null, 'dropped'],
    ]);
    expect(left[2]?.dropped).toBe(true);
  });

  it('tells what had its effect and goes no further from what was dropped', () => {
    const chose = arrow({ property: 'mqttSecondTopic', to: null, used: true });
    expect(crossingOf([chose, DROPPED]).links.map(({ to, kind }) => [to, kind])).toEqual([
      [null, 'used'],
      [null, 'dropped'],
    ]);
  });
});

describe('the form', () => {
  it('makes a call that the lab takes, of every example', () => {
    for (const name of EXAMPLE_NAMES) expect(windowCalls['inspect.send'].safeParse(callOf(EXAMPLES[name])).success).toBe(true);
  });

  it('is not sent with half a byte or a key that stands twice', () => {
    expect(formProblems({ ...START_MQ, payload: { encoding: 'hex', value: 'abc' } })).toEqual(['hex']);
    const line = { key: 'a', value: '1' };
    expect(formProblems({ ...START_MQ, properties: [line, line] })).toEqual(['double-key']);
  });

  it('converts payloads and guesses nothing', () => {
    expect(converted({ encoding: 'text', value: 'é' }, 'hex').value).toBe('c3a9');
    expect(converted({ encoding: 'hex', value: 'C3 a9' }, 'text').value).toBe('é');
    expect(converted({ encoding: 'hex', value: 'ff' }, 'text')).toEqual({ encoding: 'hex', value: 'ff' });
  });
});

describe('the Inspect screen', () => {
  let lab: FakeLab;
  beforeEach(() => {
    lab = createFakeLab();
    show(<InspectScreen argument={undefined} />, { link: lab.link });
  });
  const send = () => fireEvent.click(screen.getByRole('button', { name: 'Send' }));

  it('sends what stands in the form and shows where each property went', async () => {
    lab.answer('inspect.send', () => result({}));
    fireEvent.change(screen.getByLabelText('Topic'), { target: { value: 'home/x' } });
    send();
    await screen.findByText('The device received it.');
    expect(lab.inputs('inspect.send')[0]).toMatchObject({ side: 'mqtt', topic: 'home/x', qos: 1 });
    const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(4);
    expect(rows[2]?.textContent).toContain('not set');
    expect(rows[3]?.querySelector('del')).not.toBeNull();
    expect(document.querySelectorAll('.cw-crossing-arrows > g')).toHaveLength(4);
    expect(document.querySelectorAll('.cw-crossing-arrows > .cw-crossing-dropped')).toHaveLength(1);
  });

  it.each([
    ['dead-letter', 'Dead letter'],
    ['refused', 'Refused by the gateway'],
    ['dropped', 'Dropped'],
    ['stored-offline', 'Kept while away, then delivered'],
    ['not-bridged', 'Not carried across'],
  ] as const)('says %s plainly, also where nothing arrived', async (outcome, words) => {
    lab.answer('inspect.send', () => result({ outcome, mq: null, arrows: [], reason: 'because' }));
    send();
    const status = (await screen.findByText('because')).closest('section');
    expect(status?.textContent).toContain(words);
    expect(screen.getByText('Nothing reached MQ.')).toBeTruthy();
  });

  it('does not show what came after sending was cancelled', async () => {
    lab.answer('inspect.send', () => result({ reason: 'too late' }));
    send();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(lab.inputs('inspect.send')).toHaveLength(1));
    lab.answer('inspect.send', () => result({ reason: 'in time' }));
    send();
    await screen.findByText('in time');
    expect(screen.getByRole('region', { name: 'Sent before' }).querySelectorAll('li')).toHaveLength(1);
  });

  it('keeps what was sent, and shows it again', async () => {
    lab.answer('inspect.send', () => result({ reason: 'first' }));
    send();
    await screen.findByText('first');
    lab.answer('inspect.send', () => result({ reason: 'second' }));
    send();
    await screen.findByText('second');
    const history = screen.getByRole('region', { name: 'Sent before' });
    fireEvent.click(within(history).getAllByRole('button')[1]!);
    expect(screen.getByText('first')).toBeTruthy();
  });

  it('shows why a message could not be tried, and hostile text as text', async () => {
    lab.refuse('inspect.send', { code: 'x', message: HOSTILE, hint: 'try later' });
    send();
    await screen.findByRole('alert');
    lab.answer('inspect.send', () => result({ reason: HOSTILE }));
    send();
    await waitFor(() => expect(screen.getByRole('table')).toBeTruthy());
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
    expect((window as { owned?: number }).owned).toBeUndefined();
  });
});
