import { createContext, type ReactNode, useCallback, useContext } from 'react';
import { en, type Texts } from './en.ts';
import { labText } from './lab.ts';
import { zh } from './zh.ts';

export type Language = 'en' | 'zh';
const TEXTS: Readonly<Record<Language, Texts>> = { en, zh };
const Context = createContext<Language>('en');

export function TextProvider({ language, children }: { readonly language: Language; readonly children: ReactNode }): ReactNode {
  return <Context value={language}>{children}</Context>;
}

/** The texts in the language of the window. */
export const useText = (): Texts => TEXTS[useContext(Context)];
export const useLanguage = (): Language => useContext(Context);

/** Puts a text that comes from the lab into the language of the window; the same function until that changes. */
export function useLabText(): (text: string) => string {
  const language = useContext(Context);
  return useCallback((text) => labText(language, text), [language]);
}
