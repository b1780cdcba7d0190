/**
 * Every text of the window, one file per screen in en/ and zh/. Functions where a value stands in it.
 * zh has the same keys; the compiler says what is missing.
 */
import { charts } from './en/charts.ts';
import { choose } from './en/choose.ts';
import { compare } from './en/compare.ts';
import { editor } from './en/editor.ts';
import { fleet } from './en/fleet.ts';
import { home } from './en/home.ts';
import { inspect } from './en/inspect.ts';
import { run } from './en/run.ts';
import { settings } from './en/settings.ts';
import { shared } from './en/shared.ts';
import { shell } from './en/shell.ts';

export const en = { shell, shared, charts, home, run, fleet, compare, inspect, choose, editor, settings };
export type Texts = typeof en;
