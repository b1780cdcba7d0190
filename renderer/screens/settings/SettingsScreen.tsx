import type { ReactNode } from 'react';

export function SettingsScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
