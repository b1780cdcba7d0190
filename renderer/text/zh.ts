import type { Texts } from './en.ts';
import { charts } from './zh/charts.ts';
import { choose } from './zh/choose.ts';
import { compare } from './zh/compare.ts';
import { editor } from './zh/editor.ts';
import { fleet } from './zh/fleet.ts';
import { home } from './zh/home.ts';
import { inspect } from './zh/inspect.ts';
import { run } from './zh/run.ts';
import { settings } from './zh/settings.ts';
import { shared } from './zh/shared.ts';
import { shell } from './zh/shell.ts';

export const zh: Texts = { shell, shared, charts, home, run, fleet, compare, inspect, choose, editor, settings };
