// A page in headless Chromium: its script is bundled, served, opened and asked.

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'rolldown';
import { findChromium, root } from '../../tools/setup.mjs';
import type { Questions } from '../measure/compare.js';

const SERVED = ['.build/bench/', 'bench/node_modules/onnxruntime-web/dist/', 'node_modules/'];

/** The page of this script (a path below bench/), and the files that it asks for, at a free port of this machine. */
export async function servePage(script: string): Promise<Server> {
  const folder = `.build/bench/${script.replace('.ts', '')}/`;
  await bundle(script, folder);
  const html = `<!doctype html>
<meta charset="utf-8">
<title>Benchmark</title>
<link rel="icon" href="data:,">
<script type="module">await import('/${folder}page.js'); globalThis.isReady = true;</script>`;
  const server = createServer(async ({ url = '/' }, response) => {
    // cross-origin isolation: without it a page has neither threads nor a fine clock
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const path = normalize(new URL(url, 'http://localhost').pathname.slice(1));
    const isServed = SERVED.some((one) => path.startsWith(one));
    const bytes = isServed ? await readFile(join(root, path)).catch(() => undefined) : undefined;
    const type = path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'; // of others no matter
    if (path === '.') response.setHeader('content-type', 'text/html').end(html);
    else if (bytes) response.setHeader('content-type', type).end(bytes);
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function bundle(script: string, folder: string): Promise<void> {
  await build({
    cwd: root,
    input: { page: join(root, 'bench', script) },
    platform: 'browser',
    treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['browser', 'module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    output: { dir: join(root, folder), cleanDir: true, format: 'esm' },
  });
}

/** A new Chromium with an empty profile for each page: pages of one share its GPU process and programs. */
export async function openPage(server: Server, angle: string) {
  const { port } = server.address() as AddressInfo;
  const args = [
    '--no-sandbox', // Chromium refuses to run as root with it
    '--use-gl=angle',
    `--use-angle=${angle}`,
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--disable-dev-shm-usage', // /dev/shm is 64 MB in a container
  ];
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction(() => 'isReady' in globalThis);
  return { page, version: browser.version(), close: () => browser.close() }; // the version of Chromium
}

/** Answers of such a page; what needs a fresh browser gets one. */
export async function inChromium(angle: string) {
  const server = await servePage('run/page.ts');
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
