// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { WireText } from '../../../renderer/shared/WireText.tsx';
import { cutText, wireParts, wirePlain } from '../../../renderer/shared/wire.ts';
import { show } from '../show.tsx';

describe('text from the wire', () => {
  it('shows controls, bidi marks, zero-width marks and broken characters as escapes', () => {
    expect(wirePlain('a\u0000b\u001b[31m\u202egnp.exe\u200b\u2028\ud800')).toBe(
      'a\\0b\\x1b[31m\\u202egnp.exe\\u200b\\u2028\\ud800',
    );
    expect(wireParts('plain 中文 ümlaut 🚗')).toEqual([{ text: 'plain 中文 ümlaut 🚗', escaped: false }]);
  });

  it('keeps line breaks only where asked', () => {
    expect(wirePlain('a\nb')).toBe('a\\nb');
    expect(wireParts('a\nb', true)).toEqual([{ text: 'a\nb', escaped: false }]);
  });

  it('never cuts a character in half', () => {
    expect(cutText('ab🚗', 3)).toBe('ab');
    expect(cutText('ab🚗', 4)).toBe('ab🚗');
  });

  it('is never HTML, and stands in an isolated element', () => {
    const { container } = show(<WireText text={'<img src=x onerror=alert(1)>\u202e'} />);
    expect(container.querySelector('img')).toBeNull();
    const wire = container.querySelector('bdi');
    expect(wire?.textContent).toBe('<img src=x onerror=alert(1)>\\u202e');
  });

  it('cuts long text and shows it on demand, within bounds', () => {
    const { container } = show(<WireText text={'x'.repeat(1_000_000)} limit={50} />);
    expect(container.querySelector('bdi')?.textContent).toHaveLength(51);
    fireEvent.click(screen.getByRole('button', { expanded: false }));
    expect(container.querySelector('bdi')?.textContent).toHaveLength(20_000);
    fireEvent.click(screen.getByRole('button', { expanded: true }));
    expect(container.querySelector('bdi')?.textContent).toHaveLength(51);
  });
});
