/** The form of a scenario, described: what stands in it, in which order, and how a value is written. The rest of the file is edited as YAML. */
import type { Place } from './yamlDocument.ts';

/** How a value is typed and written. `share`, `duration`, `rate`, `factor`: as people write them (20%, 30s, 5/s). */
export type ValueKind = 'text' | 'lines' | 'duration' | 'rate' | 'share' | 'factor' | 'whole';

export interface ValueItem {
  readonly key: string;
  readonly kind: ValueKind;
  /** What applies where nothing is written. */
  readonly default?: string;
  readonly required?: boolean;
  readonly wide?: boolean;
}
export interface ChoiceItem {
  readonly key: string;
  readonly kind: 'choice';
  readonly options: readonly string[];
  /** Undefined with `required`: something has to be chosen. */
  readonly default?: string;
  readonly required?: boolean;
}
export interface FlagItem {
  readonly key: string;
  readonly kind: 'flag';
  readonly default: boolean;
}
/** Names with commas between: [vehicle, answer]. */
export interface WordsItem {
  readonly key: string;
  readonly kind: 'words' | 'durations';
  readonly required?: boolean;
  /** Where the words come from. */
  readonly from?: Reference;
}
/** A name that stands elsewhere in the file. */
export interface ReferenceItem {
  readonly key: string;
  readonly kind: 'reference';
  readonly from: Reference;
  readonly required?: boolean;
}
export type Reference = 'topics' | 'populations' | 'reactions';
/** A map of its own. With `initial` it can be switched on and off as a whole. */
export interface GroupItem {
  readonly key: string;
  readonly kind: 'group';
  readonly items: readonly Item[];
  readonly initial?: unknown;
}
/** A map by names that people choose. */
export interface NamedItem {
  readonly key: string;
  readonly kind: 'named';
  readonly items: readonly Item[];
  readonly initial: (data: unknown) => unknown;
  /** The name of a new entry; a number is added where it is taken. */
  readonly base: string;
  /** Entries fold to one line each. */
  readonly folded?: boolean;
}
/** A list of small maps, one line each. */
export interface RowsItem {
  readonly key: string;
  readonly kind: 'rows';
  readonly items: readonly Item[];
  readonly initial: (data: unknown) => unknown;
}
export interface LinesItem {
  readonly key: string;
  readonly kind: 'texts';
  readonly initial: string;
}
/** Exactly one of several keys: each option has a value to begin with. */
export interface VariantItem {
  readonly key: string;
  readonly kind: 'variant';
  readonly options: readonly {
    readonly name: string;
    readonly initial: unknown;
    readonly items: readonly Item[];
  }[];
  /** The option that stands for a missing key. */
  readonly none?: string;
}
export type Item =
  | ValueItem
  | ChoiceItem
  | FlagItem
  | WordsItem
  | ReferenceItem
  | GroupItem
  | NamedItem
  | RowsItem
  | LinesItem
  | VariantItem;

const value = (key: string, kind: ValueKind, more: Partial<Omit<ValueItem, 'key' | 'kind'>> = {}): ValueItem => ({
  key,
  kind,
  ...more,
});
const choice = (key: string, options: readonly string[], preset?: string): ChoiceItem =>
  preset === undefined ? { key, kind: 'choice', options, required: true } : { key, kind: 'choice', options, default: preset };
const flag = (key: string, preset: boolean): FlagItem => ({ key, kind: 'flag', default: preset });
const group = (key: string, items: readonly Item[], initial?: unknown): GroupItem =>
  initial === undefined ? { key, kind: 'group', items } : { key, kind: 'group', items, initial };

const qos = choice('qos', ['0', '1', '2'], '1');
const pick = choice('pick', ['round-robin', 'uniform', 'zipf'], 'round-robin');
const duration = (key: string, preset?: string): ValueItem =>
  value(key, 'duration', preset === undefined ? { required: true } : { default: preset });
const rate = (key: string): ValueItem => value(key, 'rate', { required: true });

const SCHEDULES: VariantItem['options'] = [
  { name: 'every', initial: { every: '1s' }, items: [duration('every'), value('jitter', 'share', { default: '0%' })] },
  { name: 'rate', initial: { rate: '10/s' }, items: [rate('rate'), pick] },
  {
    name: 'ramp',
    initial: { ramp: { from: '1/s', to: '100/s', over: '10s' } },
    items: [group('ramp', [rate('from'), rate('to'), duration('over')]), pick],
  },
  {
    name: 'burst',
    initial: { burst: { rate: '2/s', peak: '20/s', every: '10s', for: '2s' } },
    items: [group('burst', [rate('rate'), rate('peak'), duration('every'), duration('for')]), pick],
  },
  { name: 'replay', initial: { replay: ['10s', '20s'] }, items: [{ key: 'replay', kind: 'durations', required: true }, pick] },
  { name: 'closed', initial: { closed: { think: '100ms' } }, items: [group('closed', [duration('think')])] },
];
const schedule: VariantItem = { key: 'schedule', kind: 'variant', options: SCHEDULES };
const commandSchedule: VariantItem = {
  ...schedule,
  options: [...SCHEDULES.filter(({ name }) => name !== 'closed'), { name: 'manual', initial: 'manual', items: [] }],
};

/** The first name of a map at the top of the data; `otherwise` where there is none. */
function firstName(data: unknown, path: readonly string[], otherwise: string, fits: (item: unknown) => boolean = () => true) {
  let map = data;
  for (const key of path) map = (map as Record<string, unknown> | null | undefined)?.[key];
  if (typeof map !== 'object' || map === null) return otherwise;
  return Object.entries(map).find(([, item]) => fits(item))?.[0] ?? otherwise;
}
const topicFor = (data: unknown, direction: 'up' | 'down'): string =>
  firstName(data, ['gateway', 'topics'], 'home', (item) => {
    const set = (item as { direction?: unknown } | null)?.direction ?? 'both';
    return set === direction || set === 'both';
  });

const population: readonly Item[] = [
  choice('actor', ['sensor', 'vehicle', 'chat-user']),
  value('count', 'whole', { required: true }),
  value('clientId', 'text', { default: 'GID_NAME@@@{id}', wide: true }),
  group('group', [value('name', 'text', { required: true }), value('count', 'whole', { required: true })], {
    name: 'district',
    count: 10,
  }),
  group('client', [
    choice('transport', ['tcp', 'ws', 'tls', 'wss'], 'tcp'),
    duration('keepAlive', '60s'),
    flag('cleanSession', true),
  ]),
  group('connect', [duration('over', '2ms × count')]),
  {
    key: 'credentials',
    kind: 'variant',
    none: 'none',
    options: [
      { name: 'signature', initial: 'signature', items: [] },
      {
        name: 'token',
        initial: { token: { ttl: '60s' } },
        items: [
          group('token', [
            duration('ttl'),
            value('renew', 'text', { default: '½ ttl' }),
            group('revoke', [value('members', 'whole', { required: true }), duration('at')], { members: 1, at: '10s' }),
          ]),
        ],
      },
    ],
  },
  {
    key: 'outages',
    kind: 'variant',
    none: 'none',
    options: [
      {
        name: 'share',
        initial: { share: '5%', every: '12s', for: '4s' },
        items: [value('share', 'share', { required: true }), duration('every'), duration('for')],
      },
      { name: 'tunnels', initial: 'tunnels', items: [] },
    ],
  },
  {
    key: 'publish',
    kind: 'named',
    base: 'report',
    initial: (data) => ({ topic: `${topicFor(data, 'up')}/{id}`, qos: 1, schedule: { every: '1s' } }),
    items: [value('topic', 'text', { required: true, wide: true }), qos, flag('retain', false), schedule],
  },
  {
    key: 'subscribe',
    kind: 'rows',
    initial: (data) => ({ topic: `${topicFor(data, 'down')}/{id}`, qos: 1 }),
    items: [value('topic', 'text', { required: true, wide: true }), qos],
  },
];

const service: readonly Item[] = [
  group(
    'consume',
    [
      { key: 'topics', kind: 'words', from: 'topics', required: true },
      value('group', 'text', { required: true }),
      choice('mode', ['clustering', 'broadcasting'], 'clustering'),
      value('members', 'whole', { default: '1' }),
      flag('ordered', false),
      duration('work', '0s'),
    ],
    { topics: ['home'], group: 'GID_service' },
  ),
  {
    key: 'commands',
    kind: 'named',
    base: 'command',
    initial: (data) => ({
      topic: topicFor(data, 'down'),
      population: firstName(data, ['populations'], 'devices'),
      target: 'one',
      schedule: { every: '1s' },
    }),
    items: [
      { key: 'topic', kind: 'reference', from: 'topics', required: true },
      { key: 'population', kind: 'reference', from: 'populations', required: true },
      choice('target', ['one', 'group', 'all']),
      value('second', 'text', { default: '' }),
      choice('qosLevel', ['0', '1', '2'], '1'),
      choice('cleanSessionFlag', ['true', 'false'], 'true'),
      value('realTopic', 'text', { default: '' }),
      { key: 'answer', kind: 'reference', from: 'reactions' },
      commandSchedule,
    ],
  },
];

/** The tabs of the form, each with the keys at the top of the file that it shows. */
export const SECTIONS = {
  general: [
    value('name', 'text', { required: true, wide: true }),
    value('description', 'lines', { default: '', wide: true }),
    duration('duration', '30s'),
    value('seed', 'whole', { default: '42' }),
  ],
  gateway: [
    group('gateway', [
      choice('profile', ['strict', 'lenient'], 'strict'),
      {
        key: 'topics',
        kind: 'named',
        base: 'home',
        initial: () => ({ direction: 'both' }),
        items: [choice('direction', ['up', 'down', 'both', 'none'], 'both'), value('partitions', 'whole', { default: '8' })],
      },
    ]),
    group('mq', [
      choice('engine', ['embedded', 'kafka', 'rocketmq', 'rabbitmq'], 'embedded'),
      choice('storage', ['memory', 'file'], 'memory'),
      choice('fsync', ['always', 'interval', 'never'], 'interval'),
      value('address', 'text', { default: '' }),
      value('user', 'text', { default: '' }),
      value('passwordFrom', 'text', { default: '' }),
    ]),
  ],
  populations: [
    {
      key: 'populations',
      kind: 'named',
      base: 'devices',
      folded: true,
      initial: (data) => ({
        actor: 'sensor',
        count: 100,
        publish: { report: { topic: `${topicFor(data, 'up')}/{id}`, qos: 1, schedule: { every: '1s' } } },
      }),
      items: population,
    },
  ],
  services: [
    {
      key: 'services',
      kind: 'named',
      base: 'service',
      folded: true,
      initial: (data) => ({ consume: { topics: [topicFor(data, 'up')], group: 'GID_service' } }),
      items: service,
    },
  ],
  course: [
    {
      key: 'phases',
      kind: 'rows',
      initial: () => ({ name: 'warm-up', for: '10s', load: '50%' }),
      items: [value('name', 'text', { required: true }), duration('for'), value('load', 'factor', { required: true })],
    },
    {
      key: 'faults',
      kind: 'rows',
      initial: () => ({ inject: 'drop', direction: 'up' }),
      items: [
        choice('inject', ['drop', 'duplicate', 'swap', 'corrupt', 'property']),
        choice('direction', ['up', 'down']),
        duration('at', '0s'),
        value('every', 'whole', { default: '100' }),
        value('count', 'whole', { default: '1' }),
      ],
    },
  ],
  thresholds: [{ key: 'thresholds', kind: 'texts', initial: 'ledger.up.lost == 0' }],
} as const satisfies Readonly<Record<string, readonly Item[]>>;

export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];

/** The section that shows a place; undefined: only the YAML does. */
export function sectionOf(place: Place): SectionName | undefined {
  return SECTION_NAMES.find((name) => SECTIONS[name].some(({ key }) => key === place[0]));
}

/** Keys of `data` that the form has no field for. */
export function onlyInYaml(data: unknown, items: readonly Item[]): readonly string[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  return Object.keys(data).filter((key) => !items.some((item) => item.key === key));
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/** What a typed text is in the file: a number where numbers are meant, else the text as it is. */
export function typedValue(kind: ValueKind, text: string): unknown {
  const trimmed = kind === 'lines' || kind === 'text' ? text : text.trim();
  if (kind === 'whole' || kind === 'share' || kind === 'factor') return NUMBER.test(trimmed) ? Number(trimmed) : trimmed;
  return trimmed;
}

/** What a chosen word is in the file: true, 1 and such are no texts. */
export function chosenValue(word: string): unknown {
  if (word === 'true' || word === 'false') return word === 'true';
  return NUMBER.test(word) ? Number(word) : word;
}

/** A value of the file as it stands in a field. */
export function shownValue(data: unknown): string {
  if (data === undefined || data === null) return '';
  if (Array.isArray(data)) return data.map(shownValue).join(', ');
  return typeof data === 'object' ? JSON.stringify(data) : String(data);
}

/** `a, b` as a list. */
export const wordList = (text: string): readonly string[] =>
  text
    .split(/[,\s]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** The names that a reference can have. */
export function referencesIn(data: unknown, from: Reference): readonly string[] {
  const keys = (map: unknown): string[] => (typeof map === 'object' && map !== null ? Object.keys(map) : []);
  const root = data as { gateway?: { topics?: unknown } | null; populations?: Record<string, unknown> | null };
  if (from === 'topics') return keys(root.gateway?.topics);
  if (from === 'populations') return keys(root.populations);
  return [...new Set(Object.values(root.populations ?? {}).flatMap((item) => keys((item as { react?: unknown } | null)?.react)))];
}
