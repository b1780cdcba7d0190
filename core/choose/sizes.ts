/** How much work the experiments do. */
export interface Sizes {
  /** Clients of `connections`, on either side. */
  readonly mqttClients: number;
  readonly mqClients: number;
  /** Receivers of the experiments with many. */
  readonly crowd: number;
  /** Messages of one repetition. */
  readonly messages: number;
  /** Repetitions where a ratio decides; the median counts. */
  readonly rounds: number;
  /** Milliseconds an experiment may take before it comes to its end with what it has. */
  readonly budgetMs: number;
}

export const DEFAULT_SIZES: Sizes = {
  mqttClients: 2000,
  mqClients: 200,
  crowd: 100,
  messages: 1000,
  rounds: 3,
  budgetMs: 30_000,
};
/** Groups of an engine outside take seconds to be arranged. */
export const OUTSIDE_SIZES: Sizes = { ...DEFAULT_SIZES, crowd: 20, budgetMs: 30_000 };

/** `limit`: clients of `connections` on the MQTT side; a tenth of it on the MQ side. */
export function sizesFor(embedded: boolean, limit?: number): Sizes {
  const sizes = embedded ? DEFAULT_SIZES : OUTSIDE_SIZES;
  return limit === undefined ? sizes : { ...sizes, mqttClients: limit, mqClients: Math.max(1, Math.round(limit / 10)) };
}
