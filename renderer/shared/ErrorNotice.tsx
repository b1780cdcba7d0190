import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { WindowError } from '../../core/protocol/window.ts';
import { useLabText, useText } from '../text/useText.tsx';
import './ErrorNotice.css';
import { WireText } from './WireText.tsx';

/** What went wrong and what to do about it: message and hint of a LabError (or of a run's `error`), with a scenario's problems. */
export function ErrorNotice({
  error,
  title,
  retry,
  actions,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly retry?: () => void;
  readonly actions?: ReactNode;
}): ReactNode {
  const text = useText().shared;
  const labText = useLabText();
  const { message, hint, problems } = (typeof error === 'object' && error !== null ? error : {}) as Partial<WindowError>;
  return (
    <Alert
      className="cw-error"
      color="red"
      variant="outline"
      role="alert"
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={title ?? text.unknownError}
    >
      <div className="cw-error-message">
        <WireText text={labText(message ?? String(error))} limit={600} />
      </div>
      {hint !== undefined && hint !== '' && (
        <div className="cw-error-hint">
          <b>{text.hint}:</b> <WireText text={labText(hint)} limit={600} />
        </div>
      )}
      {problems !== undefined && problems.length > 0 && (
        <ul className="cw-error-problems">
          {problems.slice(0, 50).map((problem) => (
            <li key={`${problem.line}:${problem.column}:${problem.message}`}>
              <span className="cw-dim">{text.problemAt(problem.line, problem.column)}</span>{' '}
              <WireText text={labText(problem.message)} limit={400} />
              {problem.suggestion !== undefined && (
                <>
                  {' '}
                  <WireText text={problem.suggestion} limit={200} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {(retry !== undefined || actions !== undefined) && (
        <div className="cw-error-actions">
          {retry !== undefined && (
            <Button size="xs" variant="default" onClick={retry}>
              {text.tryAgain}
            </Button>
          )}
          {actions}
        </div>
      )}
    </Alert>
  );
}
