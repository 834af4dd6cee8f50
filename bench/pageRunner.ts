// Comparisons in a page of headless Chromium; what needs a fresh browser gets one.

import type { Page } from 'playwright-core';
import type { openPage } from './chromium.js';
import type { Comparisons } from './compare.js';

export function pageRunner(page: Page, open: () => ReturnType<typeof openPage>): Comparisons {
  const inFreshPage = async <Answer>(ask: (page: Page) => Promise<Answer>): Promise<Answer> => {
    const fresh = await open();
    try {
      return await ask(fresh.page);
    } finally {
      await fresh.close();
    }
  };
  return {
    layer: (request) => page.evaluate((plain) => bench.layer(plain), request),
    neighbour: (request) => page.evaluate((plain) => bench.neighbour(plain), request),
    model: (request) => page.evaluate((plain) => bench.model(plain), request),
    peak: () => page.evaluate(() => bench.peak()),
    first: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.first(plain), request)),
    memory: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.memory(plain), request)),
  };
}
