// A page in headless Chromium for the commands that need one: its script is bundled, served and opened.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize, sep } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type Plugin } from 'rolldown';
import { findChromium, root } from './setup.mjs';

const BUNDLES = join(root, '.build', 'pages');
const TEN_MINUTES = 600_000;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export interface PageOptions {
  /** The script of the page, from the repository's root. */
  readonly script: string;
  /** Folders below the root whose files the page may ask for by their path, as `/node_modules/...`. Default: none. */
  readonly folders?: readonly string[];
  /** Folders anywhere whose files the page may ask for by their name alone. Default: none. */
  readonly roots?: readonly string[];
  /** What changes the script's text while it is bundled. Default: nothing. */
  readonly plugins?: readonly Plugin[];
}

/** Bundles the script and serves the page at `/` of a free port of this machine. */
export async function servePage({ script, folders = [], roots = [], plugins = [] }: PageOptions): Promise<Server> {
  const bundle = join(BUNDLES, script.replace('.ts', ''));
  await build({
    cwd: root,
    input: { page: join(root, script) },
    platform: 'browser',
    treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['browser', 'module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    output: { dir: bundle, cleanDir: true, format: 'esm' },
    plugins: [...plugins],
  });
  const html = `<!doctype html>
<meta charset="utf-8">
<title>${script}</title>
<link rel="icon" href="data:,">
<script type="module">await import('/page.js'); globalThis.isReady = true;</script>`;
  const server = createServer(async ({ url = '/' }, response) => {
    // cross-origin isolation: without it a page has neither threads nor a fine clock
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname); // which has resolved any `..`
    if (path === '/') {
      response.setHeader('content-type', 'text/html').end(html);
      return;
    }
    const isInFolder = folders.some((folder) => path.startsWith(`/${folder}/`));
    const [file, size] = await findFile([bundle, ...roots, ...(isInFolder ? [root] : [])], path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[file.slice(file.lastIndexOf('.'))] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': size });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The first of the folders that has the file, and the file's bytes. */
async function findFile(folders: readonly string[], path: string): Promise<[string, number] | [undefined, 0]> {
  for (const folder of folders) {
    const file = normalize(join(folder, path));
    if (!file.startsWith(normalize(folder + sep))) continue;
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return [file, found.size];
  }
  return [undefined, 0];
}

export interface OpenPage {
  readonly page: Page;
  /** The version of Chromium. */
  readonly version: string;
  /** Another page of the same browser. */
  newPage(): Promise<Page>;
  /** Ends the browser, not the server. */
  close(): Promise<void>;
}

/**
 * A new headless Chromium with an empty profile.
 *
 * @param angle ANGLE's renderer: `swiftshader` is software, `vulkan`, `gl`, `metal` and `d3d11` take the GPU.
 * @param flags More of Chromium's flags.
 */
export function launchChromium(angle: string, flags: readonly string[] = []): Promise<Browser> {
  const args = [
    '--no-sandbox', // Chromium refuses to run as root with it
    '--use-gl=angle',
    `--use-angle=${angle}`,
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--disable-dev-shm-usage', // /dev/shm is 64 MB in a container
    ...flags,
  ];
  return chromium.launch({ executablePath: findChromium(), args });
}

/**
 * A new Chromium with an empty profile, and the page in it: pages of one share its GPU process and programs.
 *
 * @param angle ANGLE's renderer: `swiftshader` is software, `vulkan`, `gl`, `metal` and `d3d11` take the GPU.
 * @param flags More of Chromium's flags.
 */
export async function openPage(server: Server, angle: string, flags: readonly string[] = []): Promise<OpenPage> {
  const { port } = server.address() as AddressInfo;
  const browser = await launchChromium(angle, flags);
  const newPage = async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(TEN_MINUTES);
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(() => 'isReady' in globalThis);
    return page;
  };
  try {
    return { page: await newPage(), version: browser.version(), newPage, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
