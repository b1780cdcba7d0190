/** A line of a run's event log: what a person would want to know happened, never one per message. */
import { z } from 'zod';

export const logEventSchema = z.object({
  /** Milliseconds since the start of traffic (negative while connecting). */
  atMs: z.number(),
  level: z.enum(['info', 'warn', 'error']),
  text: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** One event: `atMs` is milliseconds since the start of traffic, `text` is for people and may hold text from the wire. */
export interface LogEvent {
  atMs: number;
  level: 'info' | 'warn' | 'error';
  text: string;
  data?: Record<string, unknown>;
}
