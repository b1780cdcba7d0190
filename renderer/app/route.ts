/** Where the window is: `#/run/abc` is screen `run` with argument `abc`. */
import { useSyncExternalStore } from 'react';
import { SCREENS, type Screen } from '../../core/protocol/screens.ts';

export interface Route {
  readonly screen: Screen;
  /** The rest of the address, decoded: a run's id, a scenario's path, ids to compare joined by commas. */
  readonly argument: string | undefined;
}

export function parseRoute(hash: string): Route {
  const [, name = '', ...rest] = hash.replace(/^#/, '').split('/');
  const screen = SCREENS.find((known) => known === name) ?? 'home';
  const raw = rest.join('/');
  let argument: string | undefined = raw === '' ? undefined : raw;
  try {
    argument = argument === undefined ? undefined : decodeURIComponent(argument);
  } catch {
    // A damaged address: taken as it is.
  }
  return { screen, argument };
}

/** The address of a screen, for links. */
export const hrefOf = (screen: Screen, argument?: string): string =>
  argument === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(argument)}`;

export function go(screen: Screen, argument?: string): void {
  window.location.hash = hrefOf(screen, argument);
}

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};
let last: { readonly hash: string; readonly route: Route } | undefined;
const snapshot = (): Route => {
  const { hash } = window.location;
  if (last?.hash !== hash) last = { hash, route: parseRoute(hash) };
  return last!.route;
};

export const useRoute = (): Route => useSyncExternalStore(subscribe, snapshot);
