import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { CurrentRunContext, CurrentRunStore } from './currentRun.ts';
import type { LabClient } from './labClient.ts';

const Context = createContext<LabClient | undefined>(undefined);

export function LabProvider({ client, children }: { readonly client: LabClient; readonly children: ReactNode }): ReactNode {
  const [currentRun] = useState(() => new CurrentRunStore(client));
  useEffect(() => currentRun.start(), [currentRun]);
  return (
    <Context value={client}>
      <CurrentRunContext value={currentRun}>{children}</CurrentRunContext>
    </Context>
  );
}

/** The lab of this window. */
export function useLab(): LabClient {
  const client = useContext(Context);
  if (client === undefined) throw new Error('no LabProvider above');
  return client;
}
