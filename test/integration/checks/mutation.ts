/** Breaks one rule of the lab and asks the conformance suite which numbers notice. */
import { type EngineLabOptions, startEngineLab } from '../../../core/checks/engineLab.ts';
import type { LabUnderTest } from '../../../core/checks/labUnderTest.ts';
import { runChecks } from '../../../core/checks/runner.ts';
import { ALL_CASES } from '../../../core/checks/suite.ts';
import type { CaseResult, CheckCase } from '../../../core/checks/types.ts';
import type { UpPublish } from '../../../core/gateway/types.ts';
import type { DownResult } from '../../../core/mapping/down.ts';
import { mapDown } from '../../../core/mapping/down.ts';
import { mapUp } from '../../../core/mapping/up.ts';
import type { MqDelivery, MqMessage } from '../../../core/mq/engine.ts';

export interface Mutation {
  /** What the lab now does wrong. */
  readonly name: string;
  /** The numbers that must fail: these and no others. */
  readonly notice: readonly number[];
  /** Numbers that notice or not, as messages happen to overtake each other. */
  readonly may?: readonly number[];
  /** Through the lab's own injection points. */
  readonly options?: Partial<EngineLabOptions>;
  /** Replaces a method of a class of the lab for a while; returns the undoing. */
  readonly patch?: () => () => void;
  /** The lab as the suite sees it. */
  readonly wrap?: (lab: LabUnderTest) => LabUnderTest | Promise<LabUnderTest>;
}

/**
 * More of the same for a user who looks for the exact value that fails, but nothing another case would not notice: left
 * out here, where the suite runs once for every mutation.
 */
const LEFT_OUT =
  /websocket|^2\.plus|^3\.(negative|word|full-width|three)|^13\.(zero|capital|word|blank)|^18\.(cjk|percent|quotes|dots|control-(bell|newline|c1)|parent)|^20\.(second-(hash|plus-inside)|real-(plus|plus-inside))|^24\.(no-id|empty-id|trailing-slash|empty-level)|^41\.(wrong-secret|unknown-account|anonymous|expired|wrong-type|one-bad|ends|renewed)/;

const CASES = ALL_CASES.filter(({ id }) => !LEFT_OUT.test(id));

/** A condition that does not come true costs this long; one that does costs what it takes. */
const PATIENCE_MS = 1_500;
/** Cases that wait in vain do so beside each other. */
const CONCURRENCY = 24;

async function failing(lab: LabUnderTest, cases: readonly CheckCase[], patienceMs: number): Promise<readonly CheckCase[]> {
  const failed = new Set<string>();
  const onResult = (result: CaseResult): void => {
    if (result.verdict === 'fail') failed.add(result.id);
  };
  if (cases.length > 0) await runChecks(lab, { cases, patienceMs, onResult, concurrency: CONCURRENCY });
  return cases.filter(({ id }) => failed.has(id));
}

/** Runs the suite against the mutated lab; returns the numbers that fail, with the names of their failed cases. */
export async function noticed(mutation: Mutation): Promise<{ readonly numbers: number[]; readonly cases: string[] }> {
  const restore = mutation.patch?.();
  let lab: LabUnderTest | undefined;
  try {
    lab = await startEngineLab({ profile: 'strict', ...mutation.options });
    const seen = mutation.wrap === undefined ? lab : await mutation.wrap(lab);
    const failed = await failing(seen, CASES, PATIENCE_MS);
    const isExpected = ({ number }: CheckCase): boolean =>
      mutation.notice.includes(number) || mutation.may?.includes(number) === true;
    // A busy machine may have been too slow for one that is not expected: it gets more time before it counts.
    const again = await failing(
      seen,
      failed.filter((one) => !isExpected(one)),
      10 * PATIENCE_MS,
    );
    const all = failed.filter((one) => isExpected(one) || again.includes(one));
    return { numbers: [...new Set(all.map((one) => one.number))], cases: all.map((one) => one.id) };
  } finally {
    await lab?.close();
    restore?.();
  }
}

/** The suite's fences are its measuring instrument: a mutation leaves them alone, or every case would fail for want of one. */
const isFence = (text: string | undefined): boolean => text?.includes('/fence/') === true;

type Properties = Readonly<Record<string, string>>;

/** Down: other properties than the sender's are mapped. */
export function downProperties(
  change: (properties: Properties, delivery: MqDelivery) => Properties,
): NonNullable<Mutation['options']> {
  return {
    mapping: {
      mapDown: (delivery, options) =>
        isFence(delivery.properties.mqttSecondTopic)
          ? mapDown(delivery, options)
          : mapDown({ ...delivery, properties: change(delivery.properties, delivery) }, options),
    },
  };
}

/** Down: another result than that of the mapping. */
export function downResult(change: (result: DownResult, delivery: MqDelivery) => DownResult): NonNullable<Mutation['options']> {
  return {
    mapping: {
      mapDown: (delivery, options) => {
        const result = mapDown(delivery, options);
        return isFence(delivery.properties.mqttSecondTopic) ? result : change(result, delivery);
      },
    },
  };
}

type Deliver = Extract<DownResult, { kind: 'deliver' }>;

/** Down: another message than that of the mapping. */
export function downMessage(
  change: (message: Deliver['message'], delivery: MqDelivery) => Deliver['message'],
): NonNullable<Mutation['options']> {
  return downResult((result, delivery) =>
    result.kind === 'deliver' ? { ...result, message: change(result.message, delivery) } : result,
  );
}

/** Up: another message than that of the mapping. */
export function upMessage(change: (message: MqMessage, publish: UpPublish) => MqMessage): NonNullable<Mutation['options']> {
  return {
    mapping: {
      mapUp: (publish, options) => {
        const result = mapUp(publish, options);
        if (!result.ok || isFence(publish.topic)) return result;
        return { ok: true, message: change(result.message, publish) };
      },
    },
  };
}

/** Up: other properties. */
export function upProperties(
  change: (properties: Properties, publish: UpPublish) => Properties,
): NonNullable<Mutation['options']> {
  return upMessage((message, publish) => ({ ...message, properties: change(message.properties, publish) }));
}

/** The properties without some of them. */
export function without(properties: Properties, ...keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}

/** Replaces a method of a class; what it gets is the original, bound to the object. */
export function replaced<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => () => void {
  return () => {
    const original = prototype[name];
    prototype[name] = make(original);
    return () => {
      prototype[name] = original;
    };
  };
}
