import { type ReactNode, useId } from 'react';
import './Panel.css';

/** A titled region of a screen. `flush`: the content reaches the edges (tables, drawings). */
export function Panel({
  title,
  hint,
  actions,
  flush = false,
  id,
  className = '',
  children,
}: {
  readonly title?: ReactNode;
  /** One quiet sentence beside or below the title. */
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly flush?: boolean;
  readonly id?: string;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactNode {
  const titleId = useId();
  return (
    <section
      className={`cw-panel ${className}`}
      id={id}
      aria-labelledby={title === undefined ? undefined : titleId}
      tabIndex={id === undefined ? undefined : -1}
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="cw-panel-head">
          <div className="cw-panel-title">
            {title !== undefined && <h2 id={titleId}>{title}</h2>}
            {hint !== undefined && <span className="cw-dim">{hint}</span>}
          </div>
          {actions !== undefined && <div className="cw-panel-actions">{actions}</div>}
        </header>
      )}
      <div className={flush ? 'cw-panel-body cw-panel-flush' : 'cw-panel-body'}>{children}</div>
    </section>
  );
}
