import { MantineProvider } from '@mantine/core';
import { type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { LabProvider } from '../../renderer/client/context.tsx';
import { LabClient, type Link } from '../../renderer/client/labClient.ts';
import { type Language, TextProvider } from '../../renderer/text/useText.tsx';
import { theme } from '../../renderer/theme/theme.ts';

/** A lab that never answers, for components that don't ask it. */
const nobody: Link = { open() {}, send() {}, close() {} };

/** Renders a component as the window does: theme, texts, and a lab behind a link (see fakeLab.ts). */
export function show(
  content: ReactNode,
  { link = nobody, language = 'en' }: { readonly link?: Link; readonly language?: Language } = {},
): RenderResult & { readonly client: LabClient } {
  const client = new LabClient(link);
  const result = render(
    <MantineProvider theme={theme} env="test">
      <TextProvider language={language}>
        <LabProvider client={client}>{content}</LabProvider>
      </TextProvider>
    </MantineProvider>,
  );
  return { ...result, client };
}
