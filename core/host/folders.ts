/** Where the lab keeps the user's scenarios, runs and settings unless told otherwise. */
import { dirname, join } from 'node:path';

export interface UserFolders {
  readonly scenariosFolder: string;
  readonly runsFolder: string;
  readonly settingsFile: string;
}

/** Scenarios and runs lie where people look for documents; on Linux in the data folder of the XDG base directory specification. */
export function userFolders(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): UserFolders {
  const named = (variable: string, otherwise: string): string => {
    const value = env[variable];
    return value === undefined || value === '' ? otherwise : value;
  };
  const of = (data: string, settings: string): UserFolders => ({
    scenariosFolder: join(data, 'scenarios'),
    runsFolder: join(data, 'runs'),
    settingsFile: join(settings, 'settings.json'),
  });
  if (platform === 'win32') {
    return of(join(home, 'Documents', 'Causeway'), join(named('APPDATA', join(home, 'AppData', 'Roaming')), 'Causeway'));
  }
  if (platform === 'darwin') {
    return of(join(home, 'Documents', 'Causeway'), join(home, 'Library', 'Application Support', 'Causeway'));
  }
  return of(
    join(named('XDG_DATA_HOME', join(home, '.local', 'share')), 'causeway'),
    join(named('XDG_CONFIG_HOME', join(home, '.config')), 'causeway'),
  );
}

/** Where the measurements of "MQTT or MQ?" are kept: beside the runs. */
export function chooseFile({ runsFolder }: Pick<UserFolders, 'runsFolder'>): string {
  return join(dirname(runsFolder), 'choose.json');
}
