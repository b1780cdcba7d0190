/** Commands that somebody sends by hand: what is fixed in the scenario, and what is chosen when they are sent. */
import type { QoS } from '../gateway/types.ts';
import type { Command } from './model.ts';

/** Fields of the body that the lab writes itself: what is asked for, when (milliseconds of the wall clock), and for a route where to. */
export const ORDER_FIELDS = ['action', 'at', 'to'] as const;

export function isManual(command: Command): boolean {
  return command.schedule.kind === 'manual';
}

/**
 * The commands that a manual one may become: one for each QoS, and for a P2P one with and without keeping it for an
 * offline receiver, as far as the scenario leaves it open. Each has streams of its own: a stream has one topic and one
 * set of properties. What the strict profile refuses is left out. A scheduled command is itself.
 */
export function variantsOf(command: Command, profile: 'strict' | 'lenient'): readonly Command[] {
  if (!isManual(command)) return [command];
  const levels: readonly QoS[] = command.qosLevel === undefined ? [0, 1, 2] : [command.qosLevel];
  if (command.target !== 'one') return levels.map((qosLevel) => ({ ...command, qosLevel }));
  const flags = command.cleanSessionFlag === undefined ? [true, false] : [command.cleanSessionFlag];
  return levels.flatMap((qosLevel) =>
    flags
      .filter((cleanSessionFlag) => cleanSessionFlag || qosLevel < 2 || profile === 'lenient')
      .map((cleanSessionFlag) => ({ ...command, qosLevel, cleanSessionFlag })),
  );
}
