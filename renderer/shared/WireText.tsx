import { CopyButton, UnstyledButton } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { useText } from '../text/useText.tsx';
import { useFormat } from './format.ts';
import { cutText, wireParts } from './wire.ts';
import './WireText.css';

/** What is drawn at most, even on demand; copying gives the rest. */
const MOST = 20_000;

/** Text from a device, a message or a file: isolated in its direction, hidden characters visible, cut when long, never HTML. */
export function WireText({
  text,
  limit = 120,
  mono = false,
  lines = false,
}: {
  readonly text: string;
  /** Characters before it is cut. */
  readonly limit?: number;
  readonly mono?: boolean;
  /** Keep line breaks (logs, payloads). */
  readonly lines?: boolean;
}): ReactNode {
  const words = useText().shared;
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const cut = cutText(text, open ? MOST : limit);
  const parts = useMemo(() => wireParts(cut, lines), [cut, lines]);
  const isLong = text.length > limit;
  if (text === '') return <span className="cw-dim cw-wire-empty">{words.emptyText}</span>;
  return (
    <>
      <bdi className={`cw-wire${mono ? ' cw-mono' : ''}${open ? ' cw-wire-open' : ''}${lines ? ' cw-wire-lines' : ''}`}>
        {parts.map((part, index) =>
          part.escaped ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
            <span key={index} className="cw-wire-escape">
              {part.text}
            </span>
          ) : (
            part.text
          ),
        )}
        {isLong && !open && '…'}
      </bdi>
      {isLong && (
        <span className="cw-wire-more">
          {open && cut.length < text.length && <span className="cw-dim">{words.onlyFirst(format.count(MOST))} </span>}
          <UnstyledButton
            className="cw-wire-button"
            aria-expanded={open}
            onClick={(event) => {
              event.stopPropagation();
              setOpen(!open);
            }}
          >
            {open ? words.showLess : words.showAll(format.count(text.length))}
          </UnstyledButton>
          {open && (
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <UnstyledButton className="cw-wire-button" onClick={copy}>
                  {copied ? words.copied : words.copy}
                </UnstyledButton>
              )}
            </CopyButton>
          )}
        </span>
      )}
    </>
  );
}
