import type { ReactNode } from 'react';

export function InspectScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
