import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import './ScreenTitle.css';

/** The one h1 of a screen; it gets the focus when the route changes. Actions stand on the right. */
export function ScreenTitle({
  title,
  subtitle,
  actions,
}: {
  readonly title: ReactNode;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className="cw-screen-title">
      <div className="cw-screen-title-text">
        <Title order={1} tabIndex={-1} data-screen-title>
          {title}
        </Title>
        {subtitle !== undefined && <div className="cw-dim">{subtitle}</div>}
      </div>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </div>
  );
}
