import { createContext, type ReactNode, useContext } from 'react';
import type { LabClient } from './labClient.ts';

const Context = createContext<LabClient | undefined>(undefined);

export function LabProvider({ client, children }: { readonly client: LabClient; readonly children: ReactNode }): ReactNode {
  return <Context value={client}>{children}</Context>;
}

/** The lab of this window. */
export function useLab(): LabClient {
  const client = useContext(Context);
  if (client === undefined) throw new Error('no LabProvider above');
  return client;
}
