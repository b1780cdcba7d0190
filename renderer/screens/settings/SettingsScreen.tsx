import type { ReactNode } from 'react';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { useText } from '../../text/useText.tsx';

export function SettingsScreen(_: { readonly argument: string | undefined }): ReactNode {
  return <ScreenTitle title={useText().shell.screens.settings} />;
}
