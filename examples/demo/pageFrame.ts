// What every page of the demo begins with: the head's first lines, and the links between the pages. A plugin of Vite puts
// them into the pages, so that they stand here once.

import type { Plugin } from 'vite';

/** The pages by file, with their names in the links. */
export const demoPages: Readonly<Record<string, string>> = {
  'index.html': 'Upscale',
  'keras.html': 'Keras files',
  'tune.html': 'Train',
  'bench.html': 'Benchmark',
  'selftest.html': 'Self-test',
};

// Four squares in a square, the first three of them pale.
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E" +
  "%3Crect width='8' height='8' rx='2' fill='%230c7a6b'/%3E" +
  "%3Cpath d='M2 2h1v1H2zM3.5 2h1v1h-1zM2 3.5h1v1H2z' fill='%23fff' opacity='.55'/%3E" +
  "%3Cpath d='M3.5 3.5H6V6H3.500z' fill='%23fff'/%3E%3C/svg%3E";

const head = `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="./style.css" />`;

const PLACE = '<!-- the links between the pages: pageFrame.ts -->';

/** @param current The file of the page, which its link names as the current one. */
function links(current: string): string {
  const items = Object.entries(demoPages).map(([file, name]) => {
    return `<a href="./${file}"${file === current ? ' aria-current="page"' : ''}>${name}</a>`;
  });
  return `<div class="top">
        <p class="package">tfjs-backend-convnet</p>
        <nav aria-label="Pages">
          ${items.join('\n          ')}
        </nav>
      </div>`;
}

/**
 * Writes the head and the links into each page, before Vite reads it.
 *
 * @throws If a page is not one of `demoPages`, or has no place for the links.
 */
export function pageFrame(): Plugin {
  return {
    name: 'page-frame',
    transformIndexHtml: {
      order: 'pre',
      handler(html, { path }) {
        const file = path.slice(path.lastIndexOf('/') + 1) || 'index.html';
        if (!(file in demoPages)) throw new Error(`pageFrame: a page must be listed in demoPages; received ${path}`);
        if (!html.includes(PLACE)) throw new Error(`pageFrame: a page must hold ${PLACE}; received ${path}`);
        return html.replace('<head>', `<head>${head}`).replace(PLACE, links(file));
      },
    },
  };
}
