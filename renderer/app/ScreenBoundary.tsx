import { Component, type ReactNode } from 'react';
import { EmptyState } from '../shared/EmptyState.tsx';
import { useText } from '../text/useText.tsx';

interface Props {
  readonly children: ReactNode;
}

/** A screen that breaks takes neither the window nor the lab with it. Key it by screen. */
export class ScreenBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (this.state.broken) return <Broken again={() => this.setState({ broken: false })} />;
    return this.props.children;
  }
}

function Broken({ again }: { readonly again: () => void }): ReactNode {
  const text = useText().shell.broken;
  return <EmptyState title={text.title} text={text.text} action={{ label: text.again, onClick: again }} />;
}
