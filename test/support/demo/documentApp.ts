// The files of a document (code blocks with a name behind the language), as they stand there, built by Vite for a test
// in Chromium. A block without a name is none of the app's.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { CHROMIUM_FLAGS } from './demoPage.js';
import { repository } from './photo.js';

const alias = ['/cpu', '/webgl', '/keras', '/layers', '/vision', '/training', ''].map((entry) => ({
  find: new RegExp(`^tfjs-backend-convnet${entry}$`),
  replacement: join(repository, `src${entry || '/index'}.ts`),
}));

const plainPage = '<!doctype html><script type="module" src="./page.js"></script>';

export interface DocumentApp {
  /** The names of the files that the document has. */
  readonly files: () => readonly string[];
  /** Opens the app in a new page, and calls `prepare` before it loads. `query` follows the address. */
  readonly open: (prepare?: (page: Page) => void, query?: string) => Promise<Page>;
}

/** Builds the app before a suite's tests and serves it. `model` becomes its `model.keras`. */
export function documentApp(document: string, model: string): DocumentApp {
  const app = join(repository, '.build/documents', basename(document, '.md'));
  let browser: Browser;
  let server: PreviewServer;
  let names: readonly string[] = [];

  before(async () => {
    await rm(app, { recursive: true, force: true });
    await mkdir(join(app, 'public'), { recursive: true });
    const text = await readFile(join(repository, document), 'utf8');
    const blocks = [...text.matchAll(/```(?:js|html) (\S+)\n([\s\S]*?)```/g)];
    names = blocks.map(([, name]) => name);
    await writeFile(join(app, 'index.html'), plainPage);
    for (const [, name, code] of blocks) await writeFile(join(app, name), code);
    await copyFile(join(repository, model), join(app, 'public/model.keras'));
    const options = { root: app, configFile: false, logLevel: 'warn', resolve: { alias } } as const;
    await build({ ...options, build: { target: 'es2022', chunkSizeWarningLimit: 4000 }, worker: { format: 'es' } });
    server = await preview({ ...options, preview: { port: 0 } });
    const executablePath = process.env.CHROME_BIN || '/usr/bin/chromium';
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  return {
    files: () => names,
    open: async (prepare, query = '') => {
      const page = await browser.newPage();
      prepare?.(page);
      await page.goto(`${server.resolvedUrls?.local[0]}${query}`);
      return page;
    },
  };
}
