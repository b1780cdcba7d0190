/** The window's screens as a person sees them: what can be done, and what must come of it. */
import type { Locator, Page } from 'playwright-core';
import { en } from '../../renderer/text/en.ts';

type Screen = keyof typeof en.shell.nav;
type ChipKey = keyof typeof en.run.chips.names;
type Fault = keyof typeof en.run.faults.kinds;

export class Window {
  readonly page: Page;
  readonly home: Home;
  readonly run: Run;
  readonly inspect: Inspect;
  readonly editor: Editor;
  readonly settings: SettingsPage;

  constructor(page: Page) {
    this.page = page;
    this.home = new Home(page);
    this.run = new Run(page);
    this.inspect = new Inspect(page);
    this.editor = new Editor(page);
    this.settings = new SettingsPage(page);
  }

  /** By the navigation, as people do; done when the screen has its title. */
  async go(screen: Screen): Promise<void> {
    await this.page.locator(`.cw-nav-link[data-screen="${screen}"]`).click();
    await this.arrived(screen);
  }

  async arrived(screen: Screen): Promise<void> {
    await this.page.locator(`.cw-nav-link[data-screen="${screen}"][aria-current="page"]`).waitFor();
    await this.page.locator('main [data-screen-title]').first().waitFor();
  }

  /** Does by the keyboard what the command palette calls so. */
  async palette(action: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    // What is typed before the field has the focus goes elsewhere.
    await this.page.locator(`input[placeholder="${en.shell.palette.placeholder}"]:focus`).waitFor();
    await this.page.keyboard.type(action);
    await this.page.locator('[data-action]', { hasText: action }).first().waitFor();
    const chosen = this.page.locator('[data-action][data-selected]', { hasText: action });
    for (let i = 0; i < 20 && (await chosen.count()) === 0; i += 1) await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
  }

  /** Connected, as the header says. */
  async connected(): Promise<void> {
    await this.page.locator('.cw-link-state[data-state="open"]').waitFor();
  }

  get title(): Locator {
    return this.page.locator('main [data-screen-title]').first();
  }
}

class Home {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async start(scenario: string): Promise<void> {
    await this.page.getByRole('button', { name: en.home.runNamed(scenario), exact: true }).click();
  }

  get runs(): Locator {
    return this.page.locator('.cw-run-link');
  }

  async select(index: number): Promise<void> {
    await this.page
      .getByRole('checkbox', { name: /^Select / })
      .nth(index)
      .check();
  }

  async compare(count: number): Promise<void> {
    await this.page.getByRole('button', { name: en.home.runs.compare(count), exact: true }).click();
  }
}

class Run {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** Of a run under way. */
  async phase(phase: string): Promise<void> {
    await this.page.locator(`.cw-phase[data-phase="${phase}"]`).waitFor({ timeout: 120_000 });
  }

  /** A line that has been drawn from figures, in a chart of this screen. */
  async liveChart(): Promise<void> {
    await this.page.locator('main .cw-curve[d*="L"]').first().waitFor({ timeout: 120_000 });
  }

  /** Waits for the end, and gives the verdict. */
  async verdict(): Promise<string | null> {
    const badge = this.page.locator('.cw-run-header .cw-verdict');
    await badge.waitFor({ timeout: 170_000 });
    return badge.getAttribute('data-verdict');
  }

  chip(key: ChipKey, tone?: string): Locator {
    return this.page.locator(`[data-chip="${key}"]${tone === undefined ? '' : `[data-tone="${tone}"]`}`);
  }

  async press(control: 'pause' | 'resume' | 'stop'): Promise<void> {
    await this.page.locator('.cw-run-actions').getByRole('button', { name: en.run.controls[control], exact: true }).click();
  }

  async inject(fault: Fault): Promise<void> {
    await this.page.getByRole('button', { name: en.run.faults.button }).click();
    await this.page.locator('.cw-fault', { hasText: en.run.faults.kinds[fault] }).click();
  }

  async stopIfRunning(): Promise<void> {
    if ((await this.page.locator('.cw-phase').count()) === 0) return;
    await this.press('stop');
    await this.verdict();
  }
}

class Inspect {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async side(side: 'mqtt' | 'mq'): Promise<void> {
    await this.page.getByText(en.inspect.sides[side], { exact: true }).click();
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).first().fill(value);
  }

  async send(): Promise<void> {
    await this.page.getByRole('button', { name: en.inspect.send, exact: true }).click();
    await this.page.locator('[aria-busy="false"] .cw-outcome, .cw-error').first().waitFor();
  }

  async example(name: keyof typeof en.inspect.example): Promise<void> {
    await this.page.getByRole('button', { name: en.inspect.examples }).first().click();
    await this.page
      .getByRole('menuitem', { name: en.inspect.example[name][0] ?? name })
      .first()
      .click();
    await this.page.locator('[aria-busy="false"] .cw-outcome').waitFor();
  }

  get outcome(): Locator {
    return this.page.locator('.cw-outcome strong');
  }

  /** The line of a property in the table of rules. */
  rule(property: string): Locator {
    return this.page.locator('.cw-rules tbody tr', { has: this.page.locator('th', { hasText: property }) });
  }
}

class Editor {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async begin(card: 'minimal' | 'blank'): Promise<void> {
    await this.page.locator('.cw-start-card', { hasText: en.editor.start[card] }).first().click();
    await this.page.locator('.cm-content').waitFor();
  }

  get code(): Locator {
    return this.page.locator('.cm-content');
  }

  get problems(): Locator {
    return this.page.locator('.cw-problem:not([data-warning])');
  }

  field(place: string): Locator {
    return this.page.locator(`[data-place="${place}"]`);
  }

  get runButton(): Locator {
    return this.page.getByRole('button', { name: en.editor.run, exact: true });
  }
}

class SettingsPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async testEngine(engine: keyof typeof en.shared.engines, address: string): Promise<void> {
    await this.page.getByRole('tab', { name: en.shared.engines[engine] }).click();
    const panel = this.page.getByRole('tabpanel');
    await panel.getByLabel(en.settings.address, { exact: true }).fill(address);
    await panel.getByRole('button', { name: en.settings.test }).click();
  }

  get result(): Locator {
    return this.page.getByRole('tabpanel').locator('.cw-connection-result, .cw-error').first();
  }
}
