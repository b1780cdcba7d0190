// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { PreferencesProvider } from '../../../renderer/app/preferences.tsx';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { SettingsScreen } from '../../../renderer/screens/settings/SettingsScreen.tsx';
import { show } from '../show.tsx';

let lab: FakeLab;
beforeEach(() => {
  window.localStorage.clear();
  lab = createFakeLab();
});

async function open(tab: string): Promise<HTMLElement> {
  show(
    <PreferencesProvider>
      <SettingsScreen argument={undefined} />
    </PreferencesProvider>,
    { link: lab.link },
  );
  fireEvent.click(await screen.findByRole('tab', { name: new RegExp(tab) }));
  return screen.findByRole('tabpanel', { name: new RegExp(tab) });
}

describe('Settings', () => {
  it('saves the address first, then tests it and shows the sentence', async () => {
    const panel = await open('RocketMQ');
    fireEvent.change(within(panel).getByLabelText(/^Address/), { target: { value: ' 127.0.0.1:8081 ' } });
    fireEvent.change(within(panel).getByLabelText('Name server'), { target: { value: '127.0.0.1:9876' } });
    fireEvent.click(within(panel).getByRole('button', { name: 'Save and test' }));
    await within(panel).findByText('Apache Kafka 4.4.0 answered in 12 ms.');
    expect(lab.inputs('settings.set')).toEqual([
      { engines: { rocketmq: { address: '127.0.0.1:8081', nameServer: '127.0.0.1:9876', user: '', tls: false } } },
    ]);
    expect(lab.inputs('settings.test')).toEqual([{ what: 'rocketmq' }]);
    expect(lab.calls.findIndex(({ call }) => call === 'settings.set')).toBeLessThan(
      lab.calls.findIndex(({ call }) => call === 'settings.test'),
    );
  });

  it('says that an engine was not reached, and why', async () => {
    lab.answer('settings.test', () => ({ ok: false, text: 'nothing listens on 127.0.0.1:9092', hint: 'is Kafka running?' }));
    const panel = await open('Kafka');
    fireEvent.click(within(panel).getByRole('button', { name: 'Save and test' }));
    await within(panel).findByText('nothing listens on 127.0.0.1:9092');
    expect(panel.textContent).toContain('Not reached');
    expect(panel.textContent).toContain('is Kafka running?');
  });

  it('need not wait for an engine that does not answer', async () => {
    const { link } = lab;
    const send: typeof link.send = (call) => (call.call === 'settings.test' ? undefined : link.send(call));
    lab = { ...lab, link: { ...link, send } };
    const panel = await open('Kafka');
    fireEvent.click(within(panel).getByRole('button', { name: 'Save and test' }));
    fireEvent.click(await within(panel).findByRole('button', { name: 'Cancel' }));
    expect((within(panel).getByRole('button', { name: 'Save' }) as HTMLButtonElement).disabled).toBe(false);
    expect(within(panel).queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('writes a password, forgets it from the form, and never has the one that is kept', async () => {
    const panel = await open('Kafka');
    const field = within(panel).getByLabelText('Password') as HTMLInputElement;
    expect(field.value).toBe('');
    fireEvent.click(within(panel).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(lab.inputs('settings.set')).toHaveLength(1));
    expect(JSON.stringify(lab.inputs('settings.set')[0])).not.toContain('password');
    await waitFor(() => expect((within(panel).getByRole('button', { name: 'Save' }) as HTMLButtonElement).disabled).toBe(false));
    fireEvent.change(field, { target: { value: 's3cret' } });
    fireEvent.click(within(panel).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(field.value).toBe(''));
    expect(lab.inputs('settings.set')[1]).toMatchObject({ engines: { kafka: { password: 's3cret' } } });
    fireEvent.click(within(panel).getByRole('button', { name: 'Forget the password' }));
    await waitFor(() => expect(lab.inputs('settings.set')[2]).toMatchObject({ engines: { kafka: { password: '' } } }));
  });

  it('makes an engine the default, and says what each cannot do', async () => {
    const panel = await open('RabbitMQ');
    const capabilities = within(panel).getByRole('region', { name: 'What it can do' });
    expect(within(capabilities).getByText('Keeps messages for groups yet to come').closest('li')?.textContent).toMatch(/no$/);
    const filter = within(capabilities).getByText('Filters by tag and properties').closest('li');
    expect(filter?.textContent).toMatch(/by the lab$/);
    fireEvent.click(within(panel).getByRole('button', { name: 'Use by default' }));
    await waitFor(() => expect(screen.getByRole('tab', { name: /RabbitMQ/ }).textContent).toContain('Default'));
    expect(lab.inputs('settings.set')).toEqual([{ defaultEngine: 'rabbitmq' }]);
  });

  it('lets an outside broker be used only when it has an address', async () => {
    await open('Embedded');
    const use = screen.getByLabelText(/Use this broker for runs/) as HTMLInputElement;
    expect(use.disabled).toBe(true);
    const broker = screen.getByRole('region', { name: 'External MQTT broker' });
    fireEvent.click(within(broker).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(use.disabled).toBe(false));
    fireEvent.click(use);
    await waitFor(() => expect(use.checked).toBe(true));
    expect(lab.inputs('settings.set').at(-1)).toEqual({ useBroker: true });
  });
});
