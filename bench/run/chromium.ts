// The benchmarks' page in headless Chromium, which is asked.

import type { Page } from 'playwright-core';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import type { Questions } from '../measure/compare.js';

const PEERS = ['onnxruntime-web/dist', '@litertjs/core/wasm', '@vladmandic/human/models'].map(
  (folder) => `bench/node_modules/${folder}`,
);

/**
 * Answers of such a page; what needs a fresh browser gets one.
 *
 * @param roots Folders whose files the page may ask for by their name. Default: none.
 */
export async function inChromium(angle: string, roots: readonly string[] = []) {
  const server = await servePage({ script: 'bench/run/page.ts', folders: [...PEERS, 'node_modules'], roots });
  const { page, version, close } = await openPage(server, angle);
  const inFreshPage = async <Answer>(ask: (page: Page) => Promise<Answer>): Promise<Answer> => {
    const fresh = await openPage(server, angle);
    return ask(fresh.page).finally(fresh.close);
  };
  const ask: Questions = {
    contest: (request) => page.evaluate((plain) => bench.contest(plain), request),
    first: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.first(plain), request)),
    memory: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.memory(plain), request)),
    peak: () => page.evaluate(() => bench.peak()),
  };
  const renderer = () => page.evaluate(() => bench.renderer());
  return { ask, version, renderer, close: () => close().finally(() => server.close()) };
}
