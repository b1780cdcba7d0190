import { Button, Group, PasswordInput, Switch, TextInput } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { ConnectionSettings, EngineName, Settings } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';

type Saved = NonNullable<Settings['broker']>;

/** Where an engine or a broker is. A password is only ever written: the form never has the one that is kept. Key it by `what`. */
export function ConnectionForm({
  what,
  saved,
  defaultAddress,
  keepsPasswords,
  onSave,
}: {
  readonly what: EngineName | 'broker';
  readonly saved: Saved | null;
  readonly defaultAddress: string;
  readonly keepsPasswords: boolean;
  readonly onSave: (values: ConnectionSettings) => Promise<void>;
}): ReactNode {
  const lab = useLab();
  const { settings: text, shared } = useText();
  const labText = useLabText();
  const [address, setAddress] = useState(saved?.address ?? defaultAddress);
  const [nameServer, setNameServer] = useState(saved?.nameServer ?? '');
  const [user, setUser] = useState(saved?.user ?? '');
  const [password, setPassword] = useState('');
  const [tls, setTls] = useState(saved?.tls ?? false);
  const [busy, setBusy] = useState<'save' | 'test'>();
  const [done, setDone] = useState<{ readonly ok: boolean; readonly text: string; readonly hint: string | null }>();
  const [error, setError] = useState<Error>();
  /** Goes up with everything that is asked, and when it is not waited for any more. */
  const turn = useRef(0);

  const act = async (name: 'save' | 'test', secret: string | undefined): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    const waited = (): boolean => mine === turn.current;
    setBusy(name);
    setError(undefined);
    setDone(undefined);
    try {
      await onSave({
        address: address.trim(),
        user: user.trim(),
        tls,
        ...(what === 'rocketmq' && nameServer.trim() !== '' ? { nameServer: nameServer.trim() } : {}),
        ...(secret === undefined ? {} : { password: secret }),
      });
      setPassword('');
      const outcome = name === 'test' ? await lab.call('settings.test', { what }) : { ok: true, text: text.saved, hint: null };
      if (waited()) setDone(outcome);
    } catch (thrown) {
      if (waited()) setError(thrown as Error);
    } finally {
      if (waited()) setBusy(undefined);
    }
  };
  /** What was typed is saved; whether it can be reached is not waited for any more. */
  const cancel = (): void => {
    turn.current += 1;
    setBusy(undefined);
  };
  const typed = password === '' ? undefined : password;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act('save', typed);
  };

  return (
    <form onSubmit={submit} className="cw-connection">
      <TextInput
        label={text.address}
        description={text.addressHint(defaultAddress)}
        value={address}
        onChange={({ currentTarget: { value } }) => setAddress(value)}
        required
        withAsterisk={false}
        maxLength={500}
        spellCheck={false}
      />
      {what === 'rocketmq' && (
        <TextInput
          label={text.nameServer}
          value={nameServer}
          onChange={({ currentTarget: { value } }) => setNameServer(value)}
          maxLength={500}
          spellCheck={false}
        />
      )}
      <div className="cw-connection-pair">
        <TextInput
          label={text.user}
          value={user}
          onChange={({ currentTarget: { value } }) => setUser(value)}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
        />
        <PasswordInput
          label={text.password}
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
          placeholder={saved?.hasPassword === true ? '••••••••' : ''}
          maxLength={500}
          autoComplete="new-password"
        />
      </div>
      <p className="cw-dim cw-connection-note">
        {saved?.hasPassword === true && <>{text.passwordKept} </>}
        {keepsPasswords ? text.passwordStore : text.passwordSession}
      </p>
      <Switch label={text.tls} checked={tls} onChange={({ currentTarget: { checked } }) => setTls(checked)} />
      <Group gap="xs">
        <Button type="button" loading={busy === 'test'} disabled={busy === 'save'} onClick={() => void act('test', typed)}>
          {text.test}
        </Button>
        {busy === 'test' && (
          <Button type="button" variant="default" onClick={cancel}>
            {shared.cancel}
          </Button>
        )}
        <Button type="submit" variant="default" loading={busy === 'save'} disabled={busy === 'test'}>
          {text.save}
        </Button>
        {saved?.hasPassword === true && (
          <Button type="button" variant="subtle" disabled={busy !== undefined} onClick={() => void act('save', '')}>
            {text.passwordRemove}
          </Button>
        )}
      </Group>
      <div aria-live="polite">
        {done !== undefined && (
          <p className="cw-connection-result" data-ok={done.ok}>
            {done.ok ? (
              <IconCircleCheckFilled size={17} aria-hidden="true" />
            ) : (
              <IconCircleXFilled size={17} aria-hidden="true" />
            )}
            <span>
              {!done.ok && <b>{text.notReached}: </b>}
              <WireText text={labText(done.text)} limit={400} />
              {done.hint !== null && (
                <span className="cw-connection-hint">
                  {' '}
                  <WireText text={labText(done.hint)} limit={400} />
                </span>
              )}
            </span>
          </p>
        )}
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
    </form>
  );
}
