import { ActionIcon, Button, Group, Modal, Tabs, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDeviceFloppy,
  IconFilePlus,
  IconFolderOpen,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { MAX_SCENARIO_BYTES } from '../../../core/protocol/scenarioText.ts';
import { MOD, REDO } from '../../app/mod.ts';
import { go } from '../../app/route.ts';
import { useLab } from '../../client/context.tsx';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { CodeView } from './CodeView.tsx';
import './editor.css';
import { Explanation } from './Explanation.tsx';
import { Form } from './Form.tsx';
import { type SectionName, sectionOf } from './fields.ts';
import { ProblemList } from './ProblemList.tsx';
import { RunDialog } from './RunDialog.tsx';
import { rememberFile } from './recentFiles.ts';
import { SaveDialog } from './SaveDialog.tsx';
import { StartPage } from './StartPage.tsx';
import { baseName, bufferOf, type OpenedFile, type PlacedProblem } from './scenarioBuffer.ts';
import type { SchemaNode } from './schemaPlace.ts';
import type { Place } from './yamlDocument.ts';

/** A scenario as form and as YAML of the same file, checked and explained while it is written. The argument is the file's path. */
export function EditorScreen({ argument }: { readonly argument: string | undefined }): ReactNode {
  const lab = useLab();
  const { editor: text } = useText();
  const buffer = bufferOf(lab);
  const view = useSyncExternalStore(buffer.subscribe, buffer.view);
  const info = useCall('lab.info', {}).data;
  const schema = useCall('scenarios.schema', {}).data;
  const isWide = useMediaQuery('(min-width: 1560px)', false, { getInitialValueInEffect: false });
  const [choosing, setChoosing] = useState(!buffer.isOpen && argument === undefined);
  const [section, setSection] = useState<SectionName>('general');
  const [side, setSide] = useState<'yaml' | 'explain'>('yaml');
  const [running, setRunning] = useState(false);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<{ readonly what: 'open' | 'save'; readonly error: unknown } | null>(null);
  /** What waits for an answer to "changes are not saved". */
  const [waiting, setWaiting] = useState<(() => void) | null>(null);
  const upload = useRef<HTMLInputElement>(null);
  /** Shown as soon as the YAML is on the screen. */
  const pendingReveal = useRef<(() => void) | null>(null);

  useEffect(() => {
    buffer.schema = schema as SchemaNode | undefined;
  }, [buffer, schema]);

  const show = useCallback(
    (file: OpenedFile) => {
      buffer.open(file);
      setChoosing(false);
      setError(null);
      if (file.path !== null) rememberFile(file.path);
      go('editor', file.path ?? undefined);
    },
    [buffer],
  );
  const unlessDirty = useCallback(
    (act: () => void) => {
      if (buffer.isOpen && buffer.view().dirty) setWaiting(() => act);
      else act();
    },
    [buffer],
  );
  const load = useCallback(
    async (path: string) => {
      try {
        show(await lab.call('scenarios.read', { path }));
      } catch (problem) {
        setError({ what: 'open', error: problem });
      }
    },
    [lab, show],
  );
  // The address names a file: open it, unless it is the one that is open.
  useEffect(() => {
    if (argument === undefined || (buffer.isOpen && buffer.view().path === argument)) return;
    unlessDirty(() => void load(argument));
  }, [argument, buffer, load, unlessDirty]);

  const desktop = info?.host === 'desktop';
  const openFile = async (): Promise<void> => {
    if (!desktop) {
      upload.current?.click();
      return;
    }
    try {
      const file = await lab.call('scenarios.openDialog', {});
      if (file !== null) show({ ...file, shipped: false });
    } catch (problem) {
      setError({ what: 'open', error: problem });
    }
  };
  const saved = (path: string, savedText: string): void => {
    buffer.saved(path, savedText);
    rememberFile(path);
    setSaving(false);
    setError(null);
    notifications.show({ message: text.saved(wirePlain(baseName(path), 80)), color: 'teal', autoClose: 3_000 });
    go('editor', path);
  };
  const proposedName = view.shipped ? `${view.name}-copy` : view.name === '' ? nameFrom(view.read.data.name) : view.name;
  const saveAs = async (): Promise<void> => {
    if (!desktop) {
      setSaving(true);
      return;
    }
    const savedText = buffer.view().text;
    try {
      const answer = await lab.call('scenarios.saveDialog', { text: buffer.fileText(), name: proposedName });
      if (answer !== null) saved(answer.path, savedText);
    } catch (problem) {
      setError({ what: 'save', error: problem });
    }
  };
  const save = async (): Promise<void> => {
    if (view.path === null || view.shipped) return saveAs();
    const savedText = view.text;
    try {
      const { path } = await lab.call('scenarios.save', { text: buffer.fileText(), path: view.path, replace: true });
      saved(path, savedText);
    } catch (problem) {
      setError({ what: 'save', error: problem });
    }
  };
  const inYaml = (act: () => void): void => {
    if (isWide || side === 'yaml') act();
    else {
      pendingReveal.current = act;
      setSide('yaml');
    }
  };
  useEffect(() => {
    if (side !== 'yaml') return;
    pendingReveal.current?.();
    pendingReveal.current = null;
  }, [side]);
  const reveal = (place: Place): void => inYaml(() => buffer.reveal(place));
  const showProblem = (problem: PlacedProblem): void => {
    const at = sectionOf(problem.place);
    if (at !== undefined) setSection(at);
    inYaml(() => buffer.revealRange(problem));
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || choosing) return;
    event.preventDefault();
    void (event.shiftKey ? saveAs() : save());
  };
  const code = <CodeView buffer={buffer} view={view} />;
  const title = wirePlain(view.name === '' ? text.untitled : view.name, 80);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the Save button
    <div className="cw-editor" onKeyDown={onKeyDown}>
      <ScreenTitle
        title={choosing || !buffer.isOpen ? text.title : <bdi>{title}</bdi>}
        subtitle={
          choosing || !buffer.isOpen ? undefined : (
            <span className="cw-editor-where">
              {view.dirty && <b className="cw-editor-dirty">● {text.unsaved}</b>}
              {view.shipped ? view.dirty ? text.copyNote : text.shippedNote : <bdi>{wirePlain(view.path ?? '', 120)}</bdi>}
            </span>
          )
        }
        actions={
          choosing || !buffer.isOpen ? undefined : (
            <>
              <ActionIcon
                size="lg"
                aria-label={text.undo}
                title={`${text.undo} (${MOD}+Z)`}
                disabled={!view.canUndo}
                onClick={() => buffer.undo()}
              >
                <IconArrowBackUp size={18} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                size="lg"
                aria-label={text.redo}
                title={`${text.redo} (${REDO.join('+')})`}
                disabled={!view.canRedo}
                onClick={() => buffer.redo()}
              >
                <IconArrowForwardUp size={18} aria-hidden="true" />
              </ActionIcon>
              <Button
                variant="default"
                leftSection={<IconFilePlus size={16} aria-hidden="true" />}
                onClick={() => unlessDirty(() => setChoosing(true))}
              >
                {text.new}
              </Button>
              <Button
                variant="default"
                leftSection={<IconFolderOpen size={16} aria-hidden="true" />}
                onClick={() => unlessDirty(() => void openFile())}
              >
                {text.open}
              </Button>
              <Button.Group>
                <Button
                  variant="default"
                  leftSection={<IconDeviceFloppy size={16} aria-hidden="true" />}
                  title={`${MOD}+S`}
                  disabled={!view.dirty && view.path !== null}
                  onClick={() => void save()}
                >
                  {text.save}
                </Button>
                <Button variant="default" title={`${MOD}+Shift+S`} onClick={() => void saveAs()}>
                  {text.saveAs}
                </Button>
              </Button.Group>
              <Button
                leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
                disabled={view.problems.length > 0 || view.broken !== null}
                onClick={() => setRunning(true)}
              >
                {text.run}
              </Button>
            </>
          )
        }
      />
      {error !== null && <ErrorNotice error={error.error} title={text.failed[error.what]} />}
      {choosing || !buffer.isOpen ? (
        <StartPage
          onText={(template) => show({ path: null, text: template, shipped: false })}
          onPath={(path) => void load(path)}
          onFile={() => void openFile()}
          openLabel={desktop ? text.openFile : text.upload}
        />
      ) : (
        <div className="cw-editor-columns" data-wide={isWide || undefined}>
          <Panel flush className="cw-editor-form">
            <Form
              buffer={buffer}
              view={view}
              section={section}
              onSection={setSection}
              reveal={reveal}
              revealOffset={(offset) => inYaml(() => buffer.revealRange({ from: offset, to: offset }))}
            />
          </Panel>
          <Panel flush className="cw-editor-side">
            {isWide ? (
              <>
                <h2 className="cw-editor-heading">{text.yaml}</h2>
                {code}
              </>
            ) : (
              <Tabs value={side} onChange={(next) => setSide(next as typeof side)} className="cw-form-tabs" keepMounted={false}>
                <Tabs.List>
                  <Tabs.Tab value="yaml">{text.yaml}</Tabs.Tab>
                  <Tabs.Tab value="explain">{text.explain}</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value="yaml" className="cw-editor-code-panel">
                  {code}
                </Tabs.Panel>
                <Tabs.Panel value="explain" className="cw-form-panel" tabIndex={0}>
                  <Explanation view={view} />
                </Tabs.Panel>
              </Tabs>
            )}
            <ProblemList view={view} onShow={showProblem} />
          </Panel>
          {isWide && (
            <Panel title={text.explain} className="cw-editor-explain">
              {/* It scrolls, also by keyboard. */}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached */}
              <div className="cw-editor-told" tabIndex={0}>
                <Explanation view={view} />
              </div>
            </Panel>
          )}
        </div>
      )}
      <input
        ref={upload}
        type="file"
        accept=".yaml,.yml"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file === undefined) return;
          if (file.size > MAX_SCENARIO_BYTES) {
            setError({ what: 'open', error: new Error(text.tooLarge) });
            return;
          }
          void file.text().then((content) => show({ path: null, text: content, shipped: false, name: baseName(file.name) }));
        }}
      />
      <RunDialog view={view} fileText={() => buffer.fileText()} opened={running} onClose={() => setRunning(false)} />
      <SaveDialog
        opened={saving}
        name={proposedName}
        text={() => buffer.fileText()}
        onClose={() => setSaving(false)}
        onSaved={(path) => saved(path, buffer.view().text)}
      />
      <Modal opened={waiting !== null} onClose={() => keepEditing()} title={text.discardDialog.title}>
        <Text size="sm">{text.discardDialog.text(title)}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => keepEditing()} data-autofocus>
            {text.discardDialog.keep}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              keepEditing();
              void save();
            }}
          >
            {text.discardDialog.save}
          </Button>
          <Button
            color="red"
            onClick={() => {
              waiting?.();
              setWaiting(null);
            }}
          >
            {text.discardDialog.discard}
          </Button>
        </Group>
      </Modal>
    </div>
  );

  /** The address goes back to what is shown. */
  function keepEditing(): void {
    setWaiting(null);
    go('editor', buffer.view().path ?? undefined);
  }
}

/** A file name from the scenario's own name. */
function nameFrom(name: unknown): string {
  const words = typeof name === 'string' ? name.toLowerCase().replace(/[^a-z0-9]+/g, '-') : '';
  return words.replace(/^-+|-+$/g, '').slice(0, 60) || 'scenario';
}
