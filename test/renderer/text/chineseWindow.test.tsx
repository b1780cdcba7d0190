// @vitest-environment happy-dom
/** Where texts of the lab are shown they are in the language of the window; names and values stay as they are. */
import '../browser.ts';
import { screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import type { InspectResult } from '../../../core/protocol/window.ts';
import { Advice } from '../../../renderer/screens/choose/Advice.tsx';
import { Outcome } from '../../../renderer/screens/inspect/Outcome.tsx';
import { EventLog } from '../../../renderer/screens/run/EventLog.tsx';
import { ErrorNotice } from '../../../renderer/shared/ErrorNotice.tsx';
import { show } from '../show.tsx';

const HOSTILE = '<img src=x>';
const problem = {
  path: 'a.yaml',
  line: 1,
  column: 2,
  message: 'duration: 10 is not a duration longer than zero',
  suggestion: '10s',
};
const error = new CausewayError('mq.topic-unknown', { topic: HOSTILE }, { problems: [problem] });
const result: InspectResult = {
  direction: 'down',
  outcome: 'dropped',
  reason: `No subscription matches: the device listens to ${HOSTILE}.`,
  mqttSent: null,
  mq: null,
  mqttReceived: [],
  arrows: [
    {
      property: 'retain',
      from: null,
      to: null,
      rule: 'MQ has no such flag: it is not carried.',
      isDefault: false,
      dropped: true,
    },
  ],
  warnings: ['clientId cannot be set by an MQ sender: stripped (client-id-stripped)'],
  tookMs: 1,
};
const advice = {
  components: [{ component: 'devices', use: 'mqtt', text: 'They connect to the MQTT gateway.', reasons: [] }],
  summary: 'MQTT alone.',
  scenario: { name: 'x', text: '' },
} as const;

const SHOWN: readonly (readonly [string, ReactNode, readonly string[], readonly string[]])[] = [
  [
    'an error',
    <ErrorNotice key="error" error={error} />,
    [error.message, error.hint, problem.message],
    [`MQ 主题 ${HOSTILE} 不存在`, '请先创建：场景中的 gateway.topics，或 --topic', 'duration：10 不符合要求，应为：大于零的时长'],
  ],
  [
    'a line of the event log',
    <EventLog key="log" live={false} dropped={0} events={[{ atMs: 0, level: 'info', text: 'end of traffic; draining' }]} />,
    ['end of traffic; draining'],
    ['流量结束；正在收尾'],
  ],
  [
    'an outcome',
    <Outcome key="outcome" result={result} />,
    [result.reason, result.arrows[0]!.rule, result.warnings[0]!],
    [
      `没有匹配的订阅：设备订阅的是 ${HOSTILE}。`,
      'MQ 没有这个标志：不会携带。',
      'MQ 的发送方不能设置 clientId：已去掉（client-id-stripped）',
    ],
  ],
  ['an advice', <Advice key="advice" advice={advice} rows={[]} />, ['MQTT alone.'], ['只用 MQTT。', '它们连接 MQTT 网关。']],
];

describe.each(SHOWN)('%s', (_, content, english, chinese) => {
  it('is English in an English window, and Chinese in a Chinese one', () => {
    const first = show(content);
    for (const text of english) expect(screen.getByText(text)).toBeTruthy();
    first.unmount();
    show(content, { language: 'zh' });
    for (const text of chinese) expect(screen.getByText(text)).toBeTruthy();
    for (const text of english) expect(screen.queryByText(text)).toBeNull();
    expect(document.querySelector('img')).toBeNull();
  });
});
