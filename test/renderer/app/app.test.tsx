// @vitest-environment happy-dom
import '../browser.ts';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { App } from '../../../renderer/app/App.tsx';
import { LabProvider } from '../../../renderer/client/context.tsx';
import { FAKE_SETTINGS, fakeStatus } from '../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { LabClient } from '../../../renderer/client/labClient.ts';
import { en } from '../../../renderer/text/en.ts';

let lab: FakeLab;

async function open(hash = ''): Promise<void> {
  window.location.hash = hash;
  render(
    <LabProvider client={new LabClient(lab.link)}>
      <App />
    </LabProvider>,
  );
  await screen.findByRole('navigation', { name: en.shell.navigation });
}

beforeEach(() => {
  window.localStorage.clear();
  lab = createFakeLab();
});

describe('the window', () => {
  it('marks the screen in the navigation and names the document, and moves the focus to the title when the screen changes', async () => {
    await open();
    expect(screen.getByRole('link', { name: 'Home' }).getAttribute('aria-current')).toBe('page');
    await waitFor(() => expect(document.title).toContain('Home'));
    act(() => {
      window.location.hash = '#/settings';
    });
    await waitFor(() => expect(document.title).toContain('Settings'));
    expect(screen.getByRole('link', { name: 'Settings' }).getAttribute('aria-current')).toBe('page');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Settings'));
  });

  it('shows the run under way with its progress, then its verdict', async () => {
    await open();
    act(() => lab.startRun({ phase: 'running' }));
    const link = await screen.findByRole('link', { name: /Current run: IoV fleet/ });
    act(() => lab.frames(61));
    expect(link.textContent).toContain('0:15 of 0:30');
    expect(document.title).toContain('▶');
    act(() => lab.finish());
    expect(link.textContent).toContain('Passed');
    expect(document.title).not.toContain('▶');
  });

  it('says that the connection is lost and gets it back on demand', async () => {
    await open();
    await waitFor(() => expect(lab.inputs('settings.get')).toHaveLength(1));
    act(() => lab.lose());
    const notice = screen.getByRole('alert');
    expect(notice.textContent).toContain('lost');
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    await waitFor(() => expect(lab.inputs('settings.get')).toHaveLength(2));
  });

  it('changes language and theme, tells the lab, and takes over what the lab has kept', async () => {
    lab.answer('settings.get', () => ({ ...FAKE_SETTINGS, language: 'zh' as const, theme: 'dark' as const }));
    await open();
    await screen.findByRole('link', { name: '首页' });
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(document.documentElement.getAttribute('data-mantine-color-scheme')).toBe('dark');
    fireEvent.click(screen.getByRole('button', { name: '语言' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'English' }));
    await screen.findByRole('link', { name: 'Home' });
    expect(lab.inputs('settings.set')).toEqual([{ language: 'en' }]);
  });

  it('keeps what is chosen while the lab has yet to tell what it has kept', async () => {
    lab.answer('settings.get', () => ({ ...FAKE_SETTINGS, language: 'zh' as const, theme: 'dark' as const }));
    const { link } = lab;
    const late: (() => void)[] = [];
    const send: typeof link.send = (call) =>
      call.call === 'settings.get' ? void late.push(() => link.send(call)) : link.send(call);
    lab = { ...lab, link: { ...link, send } };
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Language' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'English' }));
    expect(late).toHaveLength(1);
    act(() => late[0]!());
    await waitFor(() => expect(document.documentElement.getAttribute('data-mantine-color-scheme')).toBe('dark'));
    expect(document.documentElement.lang).toBe('en');
  });

  it('finds a screen, a scenario and a recent run in the command palette', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: /Search or run/ }));
    const input = await screen.findByPlaceholderText(/Go to a screen/);
    // With the key that leads there as well.
    expect(screen.getByText('G 3').closest('[data-action]')?.textContent).toContain('Fleet map');
    fireEvent.change(input, { target: { value: 'iov' } });
    fireEvent.click(
      await screen.findByText((_, element) => element?.textContent === 'Run IoV fleet' && element.tagName === 'SPAN'),
    );
    await waitFor(() =>
      expect(lab.inputs('runs.start')).toEqual([{ scenario: { path: '/opt/causeway/scenarios/iov-fleet.yaml' } }]),
    );
    await waitFor(() => expect(window.location.hash).toBe('#/run'));
  });

  it('says why the lab refused what a menu or the palette asked for, and what to do', async () => {
    const error = { code: 'x', message: 'the disk is full', hint: 'make room' };
    for (const call of ['runs.stop', 'runs.pause', 'settings.set'] as const) lab.refuse(call, error);
    await open('#/run');
    act(() => lab.startRun({ phase: 'running' }));
    const told = async (title: string): Promise<void> => {
      const notice = (await screen.findByText(title)).closest('[role="alert"]');
      expect(notice?.textContent).toContain('the disk is full. What to do: make room.');
    };
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    await told(en.run.controls.failed);
    fireEvent.click(screen.getByRole('button', { name: /Search or run/ }));
    fireEvent.click(await screen.findByText(en.shell.palette.stop));
    await told(en.shell.palette.notStopped);
    act(() => {
      window.location.hash = '#/settings';
    });
    fireEvent.click(await screen.findByRole('tab', { name: 'Kafka' }));
    fireEvent.click(await screen.findByRole('button', { name: en.settings.makeDefault }));
    await told(en.settings.notSaved);
  });

  it('asks before a run goes beyond this machine, and starts it only when that is wanted', async () => {
    lab.answer('runs.start', (({ allowNetwork }: { readonly allowNetwork?: boolean }) => {
      if (allowNetwork !== true)
        return { error: { code: 'network.unconfirmed', message: 'the MQ is on 10.0.0.7:9092, not here', hint: '--flag' } };
      lab.startRun({ phase: 'starting' });
      return fakeStatus({ phase: 'starting' });
    }) as never);
    await open();
    const run = async (): Promise<HTMLElement> => {
      fireEvent.click(await screen.findByRole('button', { name: 'Run Chat rooms' }));
      return screen.findByRole('dialog', { name: 'This run goes beyond this machine' });
    };
    const dialog = await run();
    expect(dialog.textContent).toContain('10.0.0.7:9092');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(lab.inputs('runs.start')).toHaveLength(1);
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.click(within(await run()).getByRole('button', { name: 'Run it all the same' }));
    await waitFor(() => expect(window.location.hash).toBe('#/run'));
    const scenario = { path: '/opt/causeway/scenarios/chat-rooms.yaml' };
    expect(lab.inputs('runs.start').slice(1)).toEqual([{ scenario }, { scenario, allowNetwork: true }]);
  });

  it('goes to screens by keys and lists them, but not while somebody types', async () => {
    await open();
    fireEvent.keyDown(document.body, { key: 'g' });
    fireEvent.keyDown(document.body, { key: '8' });
    await waitFor(() => expect(window.location.hash).toBe('#/settings'));
    const input = document.createElement('input');
    document.body.append(input);
    fireEvent.keyDown(input, { key: '?' });
    expect(screen.queryByRole('dialog')).toBeNull();
    input.remove();
    fireEvent.keyDown(document.body, { key: '?' });
    const keys = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(keys).getByRole('row', { name: /Fleet map/ }).textContent).toMatch(/^G3/);
  });
});
