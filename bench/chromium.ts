// The benchmark page in headless Chromium: bundles it, serves it, opens it.

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'rolldown';
import { findChromium, root } from '../tools/setup.mjs';
import { ONNX_PATH, ORT_FILES, PAGE_BUNDLE } from './paths.js';

export async function bundlePage(): Promise<void> {
  await build({
    cwd: root,
    input: { page: join(root, 'bench/page.ts') },
    platform: 'browser',
    // package.json tells which files of dist/ have side effects; here the source is bundled
    treeshake: false,
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['browser', 'module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    output: { dir: join(root, PAGE_BUNDLE), cleanDir: true, format: 'esm' },
  });
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Benchmark</title>
<link rel="icon" href="data:,">
<script type="module" src="/${PAGE_BUNDLE}page.js"></script>`;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const SERVED = [PAGE_BUNDLE, ORT_FILES, 'node_modules/'];

/** Cross-origin isolation: without it a page has neither threads nor a fine clock. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/**
 * The page at `/`, and the files it asks for, at a free port of this machine.
 *
 * @param onnxOf Gives the layer of this name as an ONNX model.
 */
export function servePage(onnxOf?: (layer: string) => Promise<Uint8Array | undefined>): Promise<Server> {
  const fileAt = async (path: string) => {
    const isServed = SERVED.some((folder) => path.startsWith(folder));
    return isServed ? readFile(join(root, path)).catch(() => undefined) : undefined;
  };
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const path = normalize(pathname.slice(1));
    for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
    if (path === '.') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    const bytes = await (path === ONNX_PATH ? onnxOf?.(searchParams.get('layer') ?? '') : fileAt(path));
    if (bytes) response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(bytes);
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface OpenPage {
  readonly page: Page;
  readonly version: string;
  close(): Promise<void>;
}

/** A new Chromium with an empty profile for each page: another page of the same one shares its GPU process and programs. */
export async function openPage(server: Server, angle: string): Promise<OpenPage> {
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
  await page.waitForFunction(() => globalThis.bench !== undefined);
  return { page, version: browser.version(), close: () => browser.close() };
}
