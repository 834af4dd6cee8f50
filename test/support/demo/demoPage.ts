// Serves the demo and opens its pages in real Chromium, for the tests of the pages.

import { expect } from 'chai';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build, createServer, type PreviewServer, preview, type ViteDevServer } from 'vite';
import { seedChance } from '../seededChance.mjs';
import { repository } from './photo.js';

const configFile = `${repository}examples/demo/vite.config.ts`;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Long, since a busy main thread answers late. */
const PATIENCE_MS = 120_000;

// WebGL in software, and no network traffic of the browser itself.
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface OpenOptions extends BrowserContextOptions {
  /** The page's name in the demo. Default: the first page. */
  readonly path?: string;
  /** A selector that matches once the page is ready. */
  readonly ready: string;
  /** A script that runs in the page before its own scripts. */
  readonly init?: () => void;
}

let built: Promise<unknown> | undefined;

/** Serves the built demo, as the site has it; one build serves all suites. A page asks for some 40 files. */
async function serveBuilt(): Promise<PreviewServer> {
  const outDir = `${repository}.build/demoPages`;
  built ??= build({ configFile, logLevel: 'error', build: { outDir } });
  await built;
  return preview({ configFile, logLevel: 'warn', build: { outDir }, preview: { port: 0 } });
}

/** Serves the demo from its source, as `npm run demo` does. A page asks for each of some 900 modules. */
async function serveSource(): Promise<ViteDevServer> {
  // An edited file must not reload the page below a test.
  const server = await createServer({ configFile, logLevel: 'warn', server: { port: 0, hmr: false, watch: null } });
  return server.listen();
}

/**
 * Serves the demo for the tests of a suite. After each test the page must have reported no error.
 *
 * @param form Whether the pages are built or come from their source. Default: built.
 */
export function demoPage(form: 'built' | 'source' = 'built') {
  let server: PreviewServer | ViteDevServer;
  let browser: Browser;
  let page: Page;
  let problems: string[] = [];
  let requests: { readonly method: string; readonly url: string }[] = [];

  before(async () => {
    server = await (form === 'built' ? serveBuilt() : serveSource());
    const executablePath = process.env.CHROME_BIN || '/usr/bin/chromium';
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  afterEach(async () => {
    await page.close();
    expect(problems, 'errors in the console').to.deep.equal([]);
  });

  async function open({ path = '', ready, init, viewport = DESKTOP, ...context }: OpenOptions): Promise<Page> {
    problems = [];
    requests = [];
    page = await browser.newPage({ viewport, ...context });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => requests.push({ method: request.method(), url: request.url() }));
    await page.addInitScript(seedChance, path); // what is trained in a page comes out the same in every run
    if (init) await page.addInitScript(init);
    await page.goto(`${server.resolvedUrls?.local[0]}${path}`);
    await page.waitForSelector(ready);
    return page;
  }

  return {
    open,
    /** The address of the open page. */
    requests: () => requests,
    /** Makes errors in the console that contain this text expected. */
    expectProblem: (part: string) => {
      problems = problems.filter((problem) => !problem.includes(part));
    },
    text: async (selector: string): Promise<string> => (await page.textContent(selector)) ?? '',
  };
}
