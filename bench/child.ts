/** Entry of every child process of a benchmark: plays the role named by its argument until its parent is gone. */
import type { Request, Response, Role } from './remote.ts';

const ROLES: Readonly<Record<string, () => Promise<{ readonly role: Role }>>> = {
  audience: () => import('./roles/audience.ts'),
  bareRun: () => import('./roles/bareRun.ts'),
  devices: () => import('./roles/devices.ts'),
  engineRun: () => import('./roles/engineRun.ts'),
  fleet: () => import('./roles/fleet.ts'),
  fullRun: () => import('./roles/fullRun.ts'),
  gateway: () => import('./roles/gateway.ts'),
};

const name = process.argv[2] ?? '';
const load = ROLES[name];
if (load === undefined) throw new Error(`role "${name}": expected one of ${Object.keys(ROLES).join(', ')}`);
const { role } = await load();

// Whoever started it may have been killed: nobody else would ever end this process.
process.once('disconnect', () => process.exit());
process.on('message', (request: Request) => {
  void answer(request).then((response) => process.send?.(response));
});

async function answer({ id, command, input }: Request): Promise<Response> {
  try {
    const run = role[command] as ((value: unknown) => Promise<unknown>) | undefined;
    if (run === undefined) throw new Error(`no command "${command}"`);
    return { id, answer: await run.call(role, input) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
