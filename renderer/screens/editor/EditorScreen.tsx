import type { ReactNode } from 'react';

export function EditorScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
