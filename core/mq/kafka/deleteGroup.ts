/** Deleting a consumer group: its committed offsets are gone with it. */
import type { KafkaConnection } from './connection.ts';
import { NotYet, patiently } from './patience.ts';

interface Failed {
  readonly error?: { readonly type?: unknown; readonly retriable?: unknown };
}

/** Members that vanished without leaving (a run that was aborted) are in their group until their session is over, 10 s. */
const PATIENCE_MS = 15_000;

/** A group that does not exist is no error; one that keeps its members is. Waits while its coordinator is only coming up or moving. */
export function deleteGroup({ admin }: Pick<KafkaConnection, 'admin'>, groupId: string): Promise<void> {
  return patiently(async () => {
    try {
      await admin.deleteGroups([groupId]);
    } catch (error) {
      // The library calls every failure of this request a passing one; what the broker says stands inside.
      const { groups } = error as { groups?: readonly Failed[] };
      const inner = groups?.[0]?.error;
      if (inner?.type === 'GROUP_ID_NOT_FOUND') return;
      if (inner?.type === 'NON_EMPTY_GROUP') throw new NotYet(`group ${groupId} still has members`);
      if (inner?.retriable === true) throw new NotYet(`no coordinator of ${groupId} yet`);
      throw inner ?? error;
    }
  }, PATIENCE_MS);
}
