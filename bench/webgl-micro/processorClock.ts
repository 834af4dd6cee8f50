// Gives the page the processor time of the browser's GPU process, where a software renderer computes. On Linux only,
// whose `schedstat` (https://docs.kernel.org/scheduler/sched-stats.html) counts nanoseconds.

import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Page } from 'playwright-core';

const SOFTWARE = /swiftshader|llvmpipe|basic render/i;

/** Gives the name of the clock that the page's numbers come from. */
export async function installClock(page: Page, renderer: string): Promise<'processor' | 'wall'> {
  if (!SOFTWARE.test(renderer) || process.platform !== 'linux') return 'wall';
  const session = await page.context().browser()?.newBrowserCDPSession();
  const info = await session?.send('SystemInfo.getProcessInfo');
  const gpu = info?.processInfo.find(({ type }) => type === 'GPU');
  if (!gpu) throw new Error('Chromium names no GPU process');
  const tasks = `/proc/${gpu.id}/task`;
  await page.exposeFunction('processorMs', () => {
    const ns = readdirSync(tasks).reduce((sum, task) => sum + nanosecondsOf(`${tasks}/${task}/schedstat`), 0);
    return ns / 1e6;
  });
  await page.evaluate((count) => Object.assign(globalThis, { rendererThreads: count }) && undefined, cpus().length);
  return 'processor';
}

/** The first number of the file. A thread may have ended since it was listed. */
function nanosecondsOf(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return 0;
  }
}
