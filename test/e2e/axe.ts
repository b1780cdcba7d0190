/** Looks at a page with axe, in either theme. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { en } from '../../renderer/text/en.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Serious and critical ones, each with its first place. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // As the debugger does: the page's own policy lets no script in.
  await page.evaluate(`${AXE}; undefined`);
  const found = await page.evaluate<readonly Finding[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({
      id, impact, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary.slice(0, 300)}`);
}

export async function chooseTheme(page: Page, name: 'dark' | 'light'): Promise<void> {
  await page.getByRole('button', { name: en.shell.theme, exact: true }).click();
  await page.getByRole('menuitem', { name: en.shell.themes[name] }).click();
  await page.locator(`html[data-mantine-color-scheme="${name}"]`).waitFor();
  await page.getByRole('menu').waitFor({ state: 'detached' });
}
