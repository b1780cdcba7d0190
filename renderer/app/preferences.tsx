/** Language and theme: kept by the lab (settings), and in this window for the moment before the lab has answered. */
import { useMantineColorScheme } from '@mantine/core';
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { Settings } from '../../core/protocol/window.ts';
import { useLab } from '../client/context.tsx';
import { useLinkState } from '../client/useLinkState.ts';
import { type Language, TextProvider } from '../text/useText.tsx';

export interface Preferences {
  readonly language: Settings['language'];
  readonly theme: Settings['theme'];
  setLanguage(language: Settings['language']): void;
  setTheme(theme: Settings['theme']): void;
}

const Context = createContext<Preferences | undefined>(undefined);
const KEY = 'causeway-language';

function kept(): Settings['language'] {
  const found = window.localStorage.getItem(KEY);
  return found === 'en' || found === 'zh' ? found : 'system';
}
const spoken = (language: Settings['language']): Language =>
  language !== 'system' ? language : window.navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';

export function PreferencesProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const lab = useLab();
  const link = useLinkState();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [language, setLanguage] = useState(kept);
  /** What was chosen here since the lab was asked: an answer of before is older. */
  const chosen = useRef(new Set<'language' | 'theme'>());
  const preferences = useMemo((): Preferences => {
    // A lab that cannot keep them is no reason to refuse: they hold for this window.
    const keep = (patch: Partial<Pick<Settings, 'language' | 'theme'>>): void =>
      void lab.call('settings.set', patch).catch(() => {});
    return {
      language,
      theme: colorScheme === 'auto' ? 'system' : colorScheme,
      setLanguage(next) {
        chosen.current.add('language');
        setLanguage(next);
        keep({ language: next });
      },
      setTheme(next) {
        chosen.current.add('theme');
        setColorScheme(next === 'system' ? 'auto' : next);
        keep({ theme: next });
      },
    };
  }, [lab, language, colorScheme, setColorScheme]);
  // Asked once a connection, not whenever something here is drawn anew: the answer to such a question could still be the former choice.
  const takeOver = useEffectEvent((settings: Settings): void => {
    if (!chosen.current.has('language')) setLanguage(settings.language);
    if (!chosen.current.has('theme')) setColorScheme(settings.theme === 'system' ? 'auto' : settings.theme);
  });
  useEffect(() => {
    if (link !== 'open') return;
    let stale = false;
    chosen.current.clear();
    lab.call('settings.get', {}).then(
      (settings) => {
        if (!stale) takeOver(settings);
      },
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [lab, link]);
  useEffect(() => {
    window.localStorage.setItem(KEY, language);
    document.documentElement.lang = spoken(language) === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  return (
    <Context value={preferences}>
      <TextProvider language={spoken(language)}>{children}</TextProvider>
    </Context>
  );
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (preferences === undefined) throw new Error('no PreferencesProvider above');
  return preferences;
}
