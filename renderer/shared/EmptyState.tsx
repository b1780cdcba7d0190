import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import './EmptyState.css';

/** What stands where there is nothing yet: why, and the one thing to do about it. */
export function EmptyState({
  icon,
  title,
  text,
  action,
}: {
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  readonly text?: ReactNode;
  readonly action?: { readonly label: string; readonly onClick: () => void; readonly icon?: ReactNode };
}): ReactNode {
  return (
    <div className="cw-empty">
      {icon !== undefined && (
        <div className="cw-empty-icon" aria-hidden="true">
          {icon}
        </div>
      )}
      <div className="cw-empty-title">{title}</div>
      {text !== undefined && <div className="cw-dim cw-empty-text">{text}</div>}
      {action !== undefined && (
        <Button mt="sm" onClick={action.onClick} leftSection={action.icon}>
          {action.label}
        </Button>
      )}
    </div>
  );
}
