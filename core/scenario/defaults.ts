/** What a scenario means where it says nothing. The table in docs/scenarios.md is checked against this. */
export const DEFAULTS = {
  durationMs: 30_000,
  seed: 42,
  host: '127.0.0.1',
  partitions: 8,
  qos: 1,
  keepAliveMs: 60_000,
  maxInflight: 20,
  maxQueued: 1000,
  /** 500 connects a second. */
  connectMsPerMember: 2,
  lookMs: 1000,
  /** Of a token's life, before its end. */
  renewShare: 0.5,
  jitter: 0,
  pick: 'round-robin',
  decimals: 2,
  faultEvery: 100,
  faultCount: 1,
  /** Characters of a topic and of a client ID in the strict profile, and what MQTT itself allows. */
  strictChars: 64,
  lenientChars: 65_535,
  strictSubscriptions: 30,
  payloadBytes: 65_536,
} as const;
