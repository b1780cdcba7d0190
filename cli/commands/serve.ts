/** `causeway serve`: the window in a browser on this machine, until Ctrl-C. */
import { EXIT } from '../../core/protocol/errors.ts';
import { EXIT_ABORTED, type Host } from '../host.ts';

export interface ServeFlags {
  readonly port: number;
  readonly runs?: string;
  readonly scenarios?: string;
}

/** @throws CausewayError port.taken, port.denied, input.unreadable */
export async function serve(host: Host, flags: ServeFlags): Promise<number> {
  let signals = 0;
  let onSignal = (): void => undefined;
  const unlisten = host.onSignal(() => {
    signals += 1;
    onSignal();
  });
  const signal = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onSignal = () => {
        if (signals >= count) resolve();
      };
      onSignal();
    });
  try {
    const served = await host.services.serve({
      version: host.version,
      env: host.env,
      shippedScenarios: host.shippedScenarios,
      port: flags.port,
      ...(flags.runs === undefined ? {} : { runsFolder: host.path(flags.runs) }),
      ...(flags.scenarios === undefined ? {} : { scenariosFolder: host.path(flags.scenarios) }),
    });
    try {
      host.stdout.write(`ready window=${served.url}\n`);
      host.stderr.write('open this address in a browser of this machine; whoever has it has the lab. Ctrl-C ends it\n');
      await signal(1);
      if (!served.running) return EXIT.pass;
      host.stderr.write('finishing the run under way: what it has sent is drained (Ctrl-C again ends at once)\n');
      const ended = await Promise.race([served.stop().then(() => true), signal(2).then(() => false)]);
      return ended ? EXIT.pass : EXIT_ABORTED;
    } finally {
      await served.close();
    }
  } finally {
    unlisten();
  }
}
