// The page that benchmarks the visitor's GPU, in real Chromium, on a software renderer and with the smallest classes of
// layers.

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { DESKTOP, demoPage, PHONE } from '../support/demo/demoPage.js';

/** One layer, of 15 MFLOP. */
const SMALL = 'depthwise 7x7';

describe('demo of the benchmark', () => {
  // From source, where requests tell which modules a page loads.
  const { open, text, requests, expectProblem } = demoPage('source');
  let page: Page;

  async function openPage({ viewport = DESKTOP, hasWebgl2 = true } = {}): Promise<void> {
    const init = hasWebgl2 ? undefined : hideWebgl2;
    const permissions = ['clipboard-read', 'clipboard-write'];
    page = await open({ path: 'bench.html', ready: 'body[data-ready]', init, viewport, permissions });
  }

  async function chooseOnly(...names: string[]): Promise<void> {
    const boxes = await page.locator('#groups input').all();
    for (const box of boxes) await box.setChecked(names.includes((await box.getAttribute('value')) ?? ''));
  }

  async function run(end: RegExp): Promise<void> {
    await page.click('#start');
    await page.waitForSelector('#start:not([hidden])');
    expect(await text('#status')).to.match(end);
  }

  it('loads nothing that measures before it is asked to, and says what it would run on', async () => {
    await openPage();
    expect(await text('#facts')).to.match(/SwiftShader.*software/s);
    expect(await text('#hint')).to.include('say nothing about a GPU');
    expect(await text('#start')).to.equal('Run it in software');
    expect(requests().filter(({ url }) => /tensorflow|\/src\/|session|compare/.test(url))).to.deep.equal([]);
    await chooseOnly();
    expect(await page.isDisabled('#start')).to.equal(true);
  });

  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  it('measures a class of layers, gives the result away as JSON, and shows it on a phone', async () => {
    await openPage();
    await chooseOnly(SMALL);
    await run(/^Done: 1 row\.$/);
    expect(await text('#rows tbody')).to.match(/^convnext-t 7x7 dw 28x28x192[\d.]+x$/);
    expect(await text('#verdicts tbody')).to.match(/^Layers, GFLOP\/sdepthwise 7x7[\d.]+x$/);
    expect(await page.locator('#chart svg rect').count()).to.be.above(3);

    await page.click('#copy');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Copied.');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const result = JSON.parse(copied);
    expect(result.device.renderer).to.include('SwiftShader');
    expect(result.failures).to.deep.equal([]);
    expect(result.verdicts.map(({ title }: { title: string }) => title)).to.deep.equal([SMALL]);
    const [{ timings }] = result.rows;
    expect(timings.map(({ name }: { name: string }) => name)).to.deep.equal(['convnet-webgl', 'webgl']);
    for (const { ms, ratio } of timings) expect(Math.min(ms, ratio)).to.be.above(0);

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(download.suggestedFilename()).to.match(/^webgl-\d{4}-\d\d-\d\d\.json$/);
    expect(await readFile(await download.path(), 'utf8')).to.equal(copied);

    await page.setViewportSize(PHONE);
    expect(await overflow()).to.equal(0);
  });

  it('stops after the row at hand, keeps it, and runs again', async () => {
    await openPage();
    await chooseOnly('depthwise 3x3, 5x5');
    // Clicked from inside the page: from here, the click would arrive whenever the busy page next listens.
    await page.evaluate(() => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        (document.querySelector('#stop') as HTMLButtonElement).click();
      });
      observer.observe(document.querySelector('#rows tbody') as HTMLElement, { childList: true });
    });
    await run(/^Stopped: 1 row\.$/);
    expect(await page.locator('#rows tbody tr').count()).to.equal(1);
    expect(await page.isEnabled('#copy')).to.equal(true);
    await chooseOnly(SMALL);
    await run(/^Done: 1 row\.$/);
    expect(await text('#rows tbody')).to.match(/^convnext/);
  });

  it('says so where there is no WebGL2', async () => {
    await openPage({ hasWebgl2: false });
    expect(await text('#hint')).to.include('no WebGL2');
    expect(await page.getAttribute('#hint', 'data-kind')).to.equal('error');
    expect(await text('#facts')).to.include('none');
    expect(await page.isDisabled('#start')).to.equal(true);
  });

  it('shows an error when the benchmark cannot be loaded', async () => {
    await openPage();
    await page.route('**/session.ts*', (route) => route.abort());
    await chooseOnly(SMALL);
    await run(/^$/);
    expect(await text('#notice p')).to.include('session.ts');
    expect(await page.isHidden('#summary')).to.equal(true);
    expect(await page.isEnabled('#start')).to.equal(true);
    expectProblem('Failed to load resource'); // the browser's own
  });

  it('fits a phone', async () => {
    await openPage({ viewport: PHONE });
    expect(await overflow()).to.equal(0);
  });
});

/** In the page, before its own scripts. */
function hideWebgl2(): void {
  const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
    return args[0] === 'webgl2' ? null : original.apply(this, args);
  } as typeof HTMLCanvasElement.prototype.getContext;
}
