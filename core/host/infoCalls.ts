/** What lab this is. */
import { availableParallelism } from 'node:os';
import { ENGINES } from '../mq/engines.ts';
import { type LabInfo, WINDOW_VERSION } from '../protocol/window.ts';
import type { Calls, LabHostOptions } from './types.ts';

export function infoCalls(options: LabHostOptions): Calls<'lab.info'> {
  return {
    'lab.info': (): LabInfo => ({
      version: options.version,
      windowVersion: WINDOW_VERSION,
      host: options.host,
      platform: process.platform,
      node: process.versions.node,
      electron: options.electron ?? null,
      cores: availableParallelism(),
      runsFolder: options.runsFolder,
      scenariosFolder: options.scenariosFolder,
      engines: Object.values(ENGINES).map(({ name, title, address, abilities }) => ({
        name,
        title,
        defaultAddress: name === 'embedded' ? null : address,
        abilities: { ...abilities },
      })),
    }),
  };
}
