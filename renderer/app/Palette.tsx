import { Kbd } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconEye, IconHistory, IconLanguage, IconPlayerPlay, IconPlayerStop, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { keyOfScreen, SCREENS } from '../../core/protocol/screens.ts';
import { useLab } from '../client/context.tsx';
import { isActive, useCurrentRun } from '../client/currentRun.ts';
import { useCall } from '../client/useCall.ts';
import { useShowError } from '../client/useShowError.ts';
import { useStartRun } from '../client/useStartRun.ts';
import { useFormat } from '../shared/format.ts';
import { wirePlain } from '../shared/wire.ts';
import { useText } from '../text/useText.tsx';
import { THEME_ICONS } from './LookMenus.tsx';
import { usePreferences } from './preferences.tsx';
import { go } from './route.ts';
import { SCREEN_ICONS } from './screens.tsx';

const RECENT = 8;

/** Ctrl+K: everything that can be reached by name. The lists are asked when it opens. */
export function Palette(): ReactNode {
  const lab = useLab();
  const text = useText();
  const format = useFormat();
  const words = text.shell.palette;
  const { setTheme, setLanguage } = usePreferences();
  const { start } = useStartRun();
  const showError = useShowError();
  const current = useCurrentRun();
  const [opened, setOpened] = useState(false);
  const scenarios = useCall('scenarios.list', opened ? {} : null).data ?? [];
  const runs = useCall('runs.list', opened ? {} : null).data ?? [];
  const active = isActive(current);

  const groups: SpotlightActionGroupData[] = [
    {
      group: words.current,
      actions:
        active && current !== null
          ? [
              { id: 'show', label: words.show, leftSection: <IconEye size={18} />, onClick: () => go('run') },
              {
                id: 'stop',
                label: words.stop,
                leftSection: <IconPlayerStop size={18} />,
                onClick: () =>
                  void lab
                    .call('runs.stop', { id: current.status.id })
                    .catch((error: unknown) => showError(error, words.notStopped)),
              },
            ]
          : [],
    },
    {
      group: words.go,
      actions: SCREENS.map((screen) => {
        const Icon = SCREEN_ICONS[screen];
        return {
          id: `go-${screen}`,
          label: text.shell.screens[screen],
          keywords: [screen, text.shell.nav[screen]],
          leftSection: <Icon size={18} stroke={1.6} />,
          rightSection: <Kbd size="xs">G {keyOfScreen(screen)}</Kbd>,
          onClick: () => go(screen),
        };
      }),
    },
    {
      group: words.run,
      actions: active
        ? []
        : scenarios
            .filter(({ problem }) => problem === null)
            .map(({ path, name, description }) => ({
              id: `run-${path}`,
              label: words.runScenario(wirePlain(name, 60)),
              description: wirePlain(description, 110),
              leftSection: <IconPlayerPlay size={18} />,
              onClick: () => void start({ scenario: { path } }),
            })),
    },
    {
      group: words.recent,
      actions: runs.slice(0, RECENT).map(({ id, scenario, startedAt, verdict }) => ({
        id: `open-${id}`,
        label: wirePlain(scenario, 60),
        description: `${format.date(startedAt)} · ${text.shared.verdicts[verdict ?? 'none']}`,
        leftSection: <IconHistory size={18} />,
        onClick: () => go('run', id),
      })),
    },
    {
      group: words.look,
      actions: [
        ...(['light', 'dark', 'system'] as const).map((name) => {
          const Icon = THEME_ICONS[name];
          return {
            id: `theme-${name}`,
            label: words.theme(text.shell.themes[name]),
            leftSection: <Icon size={18} />,
            onClick: () => setTheme(name),
          };
        }),
        ...(['en', 'zh', 'system'] as const).map((name) => ({
          id: `language-${name}`,
          label: words.language(text.shell.languages[name]),
          keywords: ['language', '语言'],
          leftSection: <IconLanguage size={18} />,
          onClick: () => setLanguage(name),
        })),
      ],
    },
  ];

  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      attributes={{ content: { 'aria-label': words.placeholder } }}
      nothingFound={words.nothing}
      highlightQuery
      scrollable
      maxHeight="60vh"
      shortcut={['mod + K']}
      transitionProps={{ duration: 0 }}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden="true" />,
        placeholder: words.placeholder,
        'aria-label': words.placeholder,
      }}
    />
  );
}
