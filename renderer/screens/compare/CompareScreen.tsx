import type { ReactNode } from 'react';

export function CompareScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
