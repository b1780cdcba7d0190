import type { ReactNode } from 'react';

export function HomeScreen(_: { readonly argument: string | undefined }): ReactNode {
  return null;
}
