// Every kind of page in Chromium: axe in light and dark, at two widths; the keyboard; the demo in another folder.

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../tools/setup.mjs';
import { DEMO_PAGES } from './pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [390, 1280];
const SCHEMES = /** @type {const} */ (['light', 'dark']);
const KINDS = [
  'index.html',
  'manual.html',
  'guides/keras.html',
  'guides/csp.html',
  'compatibility.html',
  'benchmarks.html',
  'inside/architecture.html',
  'api/index.html',
  'api/modules/keras.html',
  'api/functions/keras.loadKerasModel.html',
  'api/classes/layers.Conv2D.html',
  ...DEMO_PAGES.map(({ file }) => `demo/${file}`),
];

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
});

/** Where the demo is served a second time. */
const ELSEWHERE = '/some/other/folder/';

/** @param {string} site @returns {Promise<string[]>} faults */
export async function checkPages(site) {
  const server = await serve(site);
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  const at = `http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const faults = [];
  try {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } });
        for (const kind of KINDS.filter((one) => one.startsWith(process.env.SITE_KIND ?? ''))) {
          const page = await context.newPage();
          const start = performance.now();
          const name = `${kind}, ${colorScheme}, ${width}`;
          faults.push(...(await lookAt(page, `${at}/${kind}`, name)).map((fault) => `${name}: ${fault}`));
          await page.close();
          if (process.env.SITE_TIMES) console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
        }
        await context.close();
      }
    }
    faults.push(...(await openElsewhere(browser, at)));
  } finally {
    await browser.close();
    server.close();
  }
  console.log(`pages: ${KINDS.length} kinds, ${SCHEMES.length} colour schemes, ${WIDTHS.length} widths`);
  return faults;
}

/** @param {import('playwright-core').Page} page @param {string} url @param {string} name */
async function lookAt(page, url, name) {
  const faults = /** @type {string[]} */ ([]);
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url, { waitUntil: 'load' });
  if (name.startsWith('demo/')) await page.waitForTimeout(1500);
  await page.waitForTimeout(300);
  await page.evaluate(axe);
  const serious = await page.evaluate(async () => {
    // @ts-expect-error axe is on the page.
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return /** @type {import('axe-core').Result[]} */ (violations)
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => `${impact} ${id}, ${nodes.length} times, as ${nodes[0].html.slice(0, 160)}`);
  });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) faults.push(`the page is ${overflow} pixels wider than the window`);
  return [...faults, ...serious, ...(await walk(page))];
}

/** Goes through the page with the tabulator key. @param {import('playwright-core').Page} page */
async function walk(page) {
  const faults = [];
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { width, height } = element.getBoundingClientRect();
      const isShown = width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden';
      return { isShown, html: element.outerHTML.slice(0, 120) };
    });
    if (stop === null) {
      if (step === 0) faults.push('the keyboard reaches nothing');
      break; // after the last control comes the browser's own
    }
    if (!stop.isShown) faults.push(`the focus is on something that is not shown: ${stop.html}`);
  }
  return faults;
}

/**
 * The pages of the demo load all of their files from beside themselves.
 * @param {import('playwright-core').Browser} browser @param {string} at
 */
async function openElsewhere(browser, at) {
  const faults = /** @type {string[]} */ ([]);
  for (const { file } of DEMO_PAGES) {
    const page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(`${file} in another folder: ${error}`));
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${file} in another folder: ${response.url()} is missing`);
    });
    await page.goto(`${at}${ELSEWHERE}${file}`);
    const ready = file === 'index.html' ? '#run:enabled' : 'body[data-ready]';
    await page.waitForSelector(ready, { timeout: 60_000 }).catch((error) => void faults.push(`${file}: ${error}`));
    await page.close();
  }
  return faults;
}

/** @param {string} site @returns {Promise<import('node:http').Server>} */
function serve(site) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname.startsWith(ELSEWHERE) ? `/demo/${pathname.slice(ELSEWHERE.length)}` : pathname;
    const file = join(site, normalize(decodeURIComponent(path.endsWith('/') ? `${path}index.html` : path)));
    if (!file.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, () => resolve(server)));
}
