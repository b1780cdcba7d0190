/** Scenario files opened before, newest first; kept by the window. */
const KEY = 'causeway.recentScenarios';
const MOST = 8;

export function recentFiles(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((path) => typeof path === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberFile(path: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([path, ...recentFiles().filter((known) => known !== path)].slice(0, MOST)));
  } catch {
    // No storage: nothing is remembered.
  }
}
