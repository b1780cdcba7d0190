/** The desktop window: the same journeys, and what its page must never be able to do. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCREENS } from '../../core/protocol/screens.ts';
import { en, type Texts } from '../../renderer/text/en.ts';
import { zh } from '../../renderer/text/zh.ts';
import { DESKTOP, type OpenedWindow, titled } from './hosts.ts';
import { journeys } from './journeys.ts';
import { Window } from './window.ts';

journeys(DESKTOP);

describe.skipIf(DESKTOP.missing !== undefined)(titled('the page of the desktop window', DESKTOP), () => {
  let opened: OpenedWindow;
  beforeAll(async () => {
    opened = await DESKTOP.open();
    await new Window(opened.page).connected();
  });
  afterAll(() => opened?.close());
  const inPage = <T>(script: string): Promise<T> => opened.page.evaluate<T>(script);

  it('has nothing of Node, and only one bridge to the lab', async () => {
    expect(await inPage('[typeof require, typeof process, typeof module, typeof Buffer, typeof global]')).toEqual(
      Array(5).fill('undefined'),
    );
    const preferences = await opened.app!.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  it('opens no window and goes nowhere else', async () => {
    const before = opened.page.url();
    expect(await inPage('window.open("https://example.org/") === null')).toBe(true);
    expect(await inPage('window.open("file:///etc/passwd") === null')).toBe(true);
    await opened.app!.evaluate(({ BrowserWindow }) => {
      const tried: object[] = [];
      const arrived: string[] = [];
      Object.assign(globalThis, { tried, arrived });
      const contents = BrowserWindow.getAllWindows()[0]!.webContents;
      contents.on('will-navigate', ({ url, defaultPrevented }) => tried.push({ url, denied: defaultPrevented }));
      contents.on('did-navigate', (_, url) => arrived.push(url));
    });
    // What the page itself may not even ask for comes first: when the last is denied, the others have had their turn.
    // From a timer: a navigation that is denied never ends for who waits for it.
    for (const address of ['data:text/html,x', 'file:///etc/passwd', 'https://example.org/'])
      await inPage(`void setTimeout(() => { location.href = ${JSON.stringify(address)}; })`);
    const seen = (what: 'tried' | 'arrived'): Promise<unknown[]> =>
      opened.app!.evaluate((_, key) => (globalThis as unknown as Record<string, unknown[]>)[key]!, what);
    await expect.poll(() => seen('tried')).toContainEqual({ url: 'https://example.org/', denied: true });
    expect(await seen('tried')).not.toContainEqual(expect.objectContaining({ denied: false }));
    expect(await seen('arrived')).toEqual([]);
    expect((await inPage<string>('location.href')).split('#')[0]).toBe(before.split('#')[0]);
    expect(await inPage('document.querySelector(".cw-nav-link") !== null')).toBe(true);
    expect(opened.app!.windows()).toHaveLength(1);
  });

  it('is led by the menu to every screen', async () => {
    for (const screen of [...SCREENS].reverse()) {
      await opened.app!.evaluate(({ Menu }, label) => {
        const go = Menu.getApplicationMenu()!.items.find((item) => item.label === 'Go')!;
        go.submenu!.items.find((item) => item.label === label)!.click();
      }, en.shell.screens[screen]);
      await new Window(opened.page).arrived(screen);
    }
  });

  it('has a menu in the language that is chosen in it', async () => {
    const { page } = opened;
    const menu = (): Promise<string[]> =>
      opened.app!.evaluate(({ Menu }) => Menu.getApplicationMenu()!.items.map(({ label }) => label));
    const choose = async (before: Texts, after: string): Promise<void> => {
      await page.getByRole('button', { name: before.shell.language, exact: true }).click();
      await page.getByRole('menuitem', { name: after, exact: true }).click();
    };
    await choose(en, en.shell.languages.zh);
    await expect.poll(menu).toContain('前往');
    await choose(zh, zh.shell.languages.en);
    await expect.poll(menu).toContain('Go');
  });

  it('is denied every permission', async () => {
    expect(await inPage('Notification.requestPermission()')).toBe('denied');
    expect(await inPage('navigator.permissions.query({ name: "geolocation" }).then((found) => found.state)')).toBe('denied');
    expect(
      await inPage('navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(() => "granted", () => "denied")'),
    ).toBe('denied');
  });

  it('may fill the screen, as a presentation does', async () => {
    await opened.page.evaluate(
      `addEventListener('click', () => document.documentElement.requestFullscreen().then(
        () => { document.title = 'whole'; }, (refused) => { document.title = String(refused); }), { once: true })`,
    );
    await opened.page.mouse.click(2, 2);
    await expect.poll(() => opened.page.title()).toBe('whole');
    await inPage('document.exitFullscreen()');
  });

  it('reads no file but the window’s own', async () => {
    const status = (address: string): Promise<number> =>
      inPage(`fetch(${JSON.stringify(address)}).then((answer) => answer.status, () => 0)`);
    expect(await status('app://causeway/index.html')).toBe(200);
    for (const address of [
      'app://causeway/../../package.json',
      'app://causeway/..%2f..%2fpackage.json',
      'app://causeway/%2e%2e/%2e%2e/package.json',
      'app://causeway/..%5c..%5cpackage.json',
      'app://causeway//etc/passwd',
      'app://causeway/%00',
      'app://elsewhere/index.html',
      'file:///etc/passwd',
    ])
      expect([0, 404], address).toContain(await status(address));
  });
});

describe.skipIf(DESKTOP.missing !== undefined)(titled('the end of the program', DESKTOP), () => {
  it('is the user’s: who stays keeps window and lab, and a run under way is finished first', async () => {
    const opened = await DESKTOP.open();
    try {
      const { app, page, folders } = opened;
      const window = new Window(page);
      const answers = (leave: boolean): Promise<void> =>
        app!.evaluate(({ dialog }, yes) => {
          const counted = globalThis as { asked?: number };
          dialog.showMessageBoxSync = () => {
            counted.asked = (counted.asked ?? 0) + 1;
            return yes ? 0 : 1;
          };
          dialog.showMessageBox = async () => {
            counted.asked = (counted.asked ?? 0) + 1;
            return { response: yes ? 0 : 2, checkboxChecked: false };
          };
        }, leave);
      const quit = (): Promise<void> => app!.evaluate(({ app: program }) => program.quit());
      await window.go('editor');
      await window.editor.begin('minimal');
      await window.editor.field('name').fill('Not saved');
      await answers(false);
      await quit();
      await expect.poll(() => opened.askedToLeave()).toBe(1);
      await window.go('home');
      await window.home.start('Long');
      await window.run.phase('running');
      await quit();
      await expect.poll(() => opened.askedToLeave()).toBe(2);
      await window.run.phase('running');
      await answers(true);
      const ended = once(app!.process(), 'exit');
      await quit();
      expect(await ended).toEqual([0, null]);
      const [run] = readdirSync(folders.runs);
      expect(readdirSync(join(folders.runs, run!))).toContain('result.json');
    } finally {
      await opened.close();
    }
  });
});
