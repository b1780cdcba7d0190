/** The rows of the comparison: what they are called and what is claimed of either side (docs/architects.md). */
import { CHOOSE_ROWS, type ChooseRowId } from '../protocol/choose.ts';

export interface RowFacts {
  readonly kind: 'feature' | 'scenario';
  readonly title: string;
  readonly mqtt: string;
  readonly mq: string;
  /** About how long the experiment takes on the embedded MQ, seconds. */
  readonly seconds: number;
}

const feature = (title: string, mqtt: string, mq: string, seconds: number): RowFacts => ({
  kind: 'feature',
  title,
  mqtt,
  mq,
  seconds,
});
const scenario = (title: string, mqtt: string, mq: string, seconds: number): RowFacts => ({
  kind: 'scenario',
  title,
  mqtt,
  mq,
  seconds,
});

const YES = 'the model says yes';
const NO = 'the model says no';

export const ROW_FACTS: Readonly<Record<ChooseRowId, RowFacts>> = {
  connections: feature('Client connections', 'millions and more', 'generally fewer than 10,000', 6),
  volume: feature('Messages of one client', 'small, at regular intervals', 'large, at high throughput', 4),
  deployment: feature('Where clients run', 'devices, apps, pages in browsers', 'applications on servers', 1),
  consumption: feature('Consumption', 'broadcasting', 'clustering and broadcasting', 1),
  sequence: feature('Order', 'kept as sent, not promised as received', 'kept as sent and as received', 1),
  languages: feature(
    'Client libraries',
    'Java, C, C++, .NET, Android, iOS, Python, JavaScript, Go',
    'Java, C++, .NET, and those of the engine',
    1,
  ),
  credentials: feature('Credentials', 'permanent signature, or token on demand', 'permanent, or temporary', 3),
  churn: feature(
    'Connections that come and go',
    'each session outlives its connection',
    'members of a group are few and stay',
    11,
  ),
  'fan-out': feature('One message to all', 'made for many receivers', 'made for few receivers', 4),
  'command-one': feature('A command to one of many', 'addressed by client ID', 'by topic or filter', 2),
  reporting: scenario('Devices report their state', YES, NO, 5),
  processing: scenario('Services process what devices report', NO, YES, 1),
  control: scenario('A server commands many devices', NO, YES, 6),
  chat: scenario('Live shows and chats: apps send and receive', YES, NO, 5),
  'chat-analysis': scenario('A server analyses what is said', NO, YES, 1),
};

export const isRow = (name: string): name is ChooseRowId => (CHOOSE_ROWS as readonly string[]).includes(name);
