// Measures one file in a fresh headless Chromium, with WebGL2 on its software renderer.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'rolldown';
import { findChromium, root } from '../tools/setup.mjs';
import type { Measured, Request } from './measure.js';

const BUNDLE = join(root, '.build/compatibility');
const TEN_MINUTES = 600_000;

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Compatibility</title>
<link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`;

const FLAGS = [
  '--no-sandbox', // Chromium refuses to run as root with it
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-dev-shm-usage', // /dev/shm is 64 MB in a container
];

/** Measures the file `source` of a folder, which also has input.bin. */
export async function measureInChromium(folder: string, request: Request): Promise<Measured & { version: string }> {
  await bundlePage();
  const server = await serve([BUNDLE, folder]);
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(TEN_MINUTES);
    page.on('pageerror', (error) => console.error(error));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await page.goto(url);
    await page.waitForFunction(() => globalThis.compatibility !== undefined);
    const wanted = { ...request, source: url + request.source, input: `${url}input.bin` };
    const measured = await page.evaluate((given) => globalThis.compatibility(given), wanted);
    return { ...measured, version: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}

let isBundled = false;

async function bundlePage(): Promise<void> {
  if (isBundled) return;
  await build({
    cwd: root,
    input: { page: join(root, 'compatibility/page.ts') },
    platform: 'browser',
    treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['browser', 'module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    output: { dir: BUNDLE, cleanDir: true, format: 'esm' },
  });
  isBundled = true;
}

/** Serves the page at `/`, and the files of these folders, at a free port of this machine. */
function serve(folders: readonly string[]): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const { pathname } = new URL(url, 'http://localhost'); // which has resolved any `..`
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    const path = folders.map((folder) => join(folder, pathname)).find((file) => existsSync(file));
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-length', statSync(path).size);
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
