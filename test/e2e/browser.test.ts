/** The window that `causeway serve` gives to a browser. */
import { describe, expect, it } from 'vitest';
import { startServe } from '../../bench/window/served.ts';
import { en } from '../../renderer/text/en.ts';
import { BROWSER, ROOT, titled } from './hosts.ts';
import { journeys } from './journeys.ts';
import { Window } from './window.ts';

journeys(BROWSER);

describe.skipIf(BROWSER.missing !== undefined)(titled('the served window and its lab', BROWSER), () => {
  it('says when the lab is gone, and works again at the address that the next one prints', async () => {
    const opened = await BROWSER.open();
    try {
      const { page, folders } = opened;
      const window = new Window(page);
      await window.connected();
      const { port } = opened.served!;
      await opened.served!.close();
      await page.getByRole('alert').getByText(en.shell.lost.title).waitFor();
      opened.served = await startServe(ROOT, folders, port);
      // The address of the lab that ended gives nobody the new one.
      await page.getByRole('button', { name: en.shell.lost.retry }).click();
      await page.getByText(en.shell.lost.hint).waitFor();
      await page.goto(opened.served.url);
      await window.connected();
      await page.getByRole('button', { name: en.home.runNamed('Small'), exact: true }).waitFor();
    } finally {
      await opened.close();
    }
  });

  it('comes back by itself when only the connection was cut', async () => {
    const opened = await BROWSER.open();
    try {
      const { page } = opened;
      const window = new Window(page);
      let cut = (): Promise<void> => Promise.resolve();
      let refuse = false;
      await page.routeWebSocket(/\/lab/, (socket) => {
        if (refuse) {
          void socket.close();
          return;
        }
        socket.connectToServer();
        cut = () => socket.close();
      });
      await page.reload();
      await window.connected();
      refuse = true;
      await cut();
      await page.getByRole('alert').getByText(en.shell.lost.title).waitFor();
      refuse = false;
      await window.connected();
      await page.getByRole('alert').waitFor({ state: 'detached' });
    } finally {
      await opened.close();
    }
  });

  it('shows nothing of the lab to a page without the token', async () => {
    const opened = await BROWSER.open();
    try {
      const { page, served } = opened;
      await page.goto(new URL('/?token=wrong', served!.url).href);
      await page.locator('.cw-link-state[data-state="lost"], .cw-link-state[data-state="connecting"]').waitFor();
      await page.getByRole('alert').getByText(en.shell.lost.title).waitFor();
      expect(await page.getByRole('button', { name: en.home.runNamed('Small'), exact: true }).count()).toBe(0);
    } finally {
      await opened.close();
    }
  });

  it('refuses a page of another origin that knows the token', async () => {
    const opened = await BROWSER.open();
    try {
      const { page, served } = opened;
      const token = new URL(served!.url).searchParams.get('token');
      const outcome = async (): Promise<unknown> =>
        page.evaluate(`new Promise((done) => {
          const socket = new WebSocket('ws://127.0.0.1:${served!.port}/lab?token=${token}');
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        })`);
      expect(await outcome()).toBe('open');
      await page.goto('data:text/html,<title>elsewhere</title>');
      expect(await outcome()).toBe('refused');
    } finally {
      await opened.close();
    }
  });
});
