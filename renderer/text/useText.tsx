import { createContext, type ReactNode, useContext } from 'react';
import { en, type Texts } from './en.ts';
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
