import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Settings } from '../../core/protocol/window.ts';
import { useText } from '../text/useText.tsx';
import { usePreferences } from './preferences.tsx';

const LANGUAGES: readonly Settings['language'][] = ['system', 'en', 'zh'];
export const THEME_ICONS = { system: IconDeviceDesktop, light: IconSun, dark: IconMoon };
const THEMES: readonly Settings['theme'][] = ['system', 'light', 'dark'];

export function LanguageMenu(): ReactNode {
  const text = useText().shell;
  const { language, setLanguage } = usePreferences();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Tooltip label={text.language}>
          <ActionIcon size="lg" aria-label={text.language}>
            <IconLanguage size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((name) => (
          <Menu.Item
            key={name}
            lang={name === 'system' ? undefined : name}
            rightSection={name === language ? <IconCheck size={15} /> : undefined}
            onClick={() => setLanguage(name)}
          >
            {text.languages[name]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ThemeMenu(): ReactNode {
  const text = useText().shell;
  const { theme, setTheme } = usePreferences();
  const Shown = THEME_ICONS[theme];
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Tooltip label={text.theme}>
          <ActionIcon size="lg" aria-label={text.theme}>
            <Shown size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map((name) => {
          const Icon = THEME_ICONS[name];
          return (
            <Menu.Item
              key={name}
              leftSection={<Icon size={16} />}
              rightSection={name === theme ? <IconCheck size={15} /> : undefined}
              onClick={() => setTheme(name)}
            >
              {text.themes[name]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
