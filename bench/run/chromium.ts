// The benchmarks' page in headless Chromium, which is asked.

import type { Page } from 'playwright-core';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import type { Questions } from '../measure/compare.js';

const PEERS = [
  'onnxruntime-web/dist',
  '@litertjs/core/wasm',
  '@vladmandic/human/models',
  '@tensorflow/tfjs-backend-webgpu/dist',
].map((folder) => `bench/node_modules/${folder}`);

/**
 * Answers of such a page; what needs a fresh browser gets one.
 *
 * @param roots Folders whose files the page may ask for by their name. Default: none.
 */
export async function inChromium(angle: string, roots: readonly string[] = []) {
  const server = await servePage({ script: 'bench/run/page.ts', folders: [...PEERS, 'node_modules'], roots });
  // Chromium offers a page no software adapter for WebGPU by itself.
  const flags = ['--enable-unsafe-webgpu', ...(angle === 'swiftshader' ? ['--use-webgpu-adapter=swiftshader'] : [])];
  const { page, version, close } = await openPage(server, angle, flags);
  const inFreshPage = async <Answer>(ask: (page: Page) => Promise<Answer>): Promise<Answer> => {
    const fresh = await openPage(server, angle, flags);
    return ask(fresh.page).finally(fresh.close);
  };
  const ask: Questions = {
    contest: (request) => page.evaluate((plain) => bench.contest(plain), request),
    first: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.first(plain), request)),
    memory: (request) => inFreshPage((fresh) => fresh.evaluate((plain) => bench.memory(plain), request)),
    peak: () => page.evaluate(() => bench.peak()),
  };
  const renderer = () => page.evaluate(() => bench.renderer());
  const hasWebGpu = () => page.evaluate(() => bench.hasWebGpu);
  return { ask, version, renderer, hasWebGpu, close: () => close().finally(() => server.close()) };
}
