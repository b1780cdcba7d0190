/** Screens as pictures: each in light and dark, at the size of a small and of a large screen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPalette } from './palettePng.mjs';

export const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** `names`: those that are wanted; undefined: all. The function it gives takes all four pictures of what the page shows. */
export function photographer(page, folder, names) {
  return async (name) => {
    if (names !== undefined && !names.includes(name)) return;
    await page.mouse.move(0, 0);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const theme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.evaluate('document.activeElement?.blur(); window.scrollTo(0, 0)');
        // The charts measure their place and draw once more.
        await page.waitForTimeout(700);
        const path = join(folder, `window-${name}-${theme}-${size.width}.png`);
        const picture = withPalette(await page.screenshot());
        writeFileSync(path, picture);
        process.stderr.write(`${path} ${Math.round(picture.length / 1024)} kB\n`);
      }
    }
    await page.setViewportSize(SIZES[0]);
  };
}
