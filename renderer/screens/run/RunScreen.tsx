import type { ReactNode } from 'react';

export function RunScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
