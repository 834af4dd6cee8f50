// The WebGL engine beside TensorFlow.js's own, in headless Chromium: npx tsx bench/browser.ts --help

import { cpus } from 'node:os';
import { bundlePage, openPage, servePage } from './chromium.js';
import { type BenchOptions, parseOptions } from './options.js';
import { pageRunner } from './pageRunner.js';
import { printer, printKinds, writeResults } from './report.js';
import { runSuite } from './suite.js';

async function main(options: BenchOptions): Promise<void> {
  await bundlePage();
  const server = await servePage();
  const open = () => openPage(server, options.angle);
  const { page, version, close } = await open();
  try {
    const { renderer, tfjs } = await page.evaluate(() => ({ renderer: bench.renderer(), tfjs: bench.tfjs }));
    const device = { renderer, processor: cpus()[0].model, cores: cpus().length, chromium: version, tfjs };
    console.log(device);
    const results = await runSuite(pageRunner(page, open), options, printer);
    printKinds(results.kinds);
    if (options.out) writeResults(options.out, device, options.quick, results);
  } finally {
    await close();
    server.close();
  }
}

const options = parseOptions('convnet-webgl,webgl', 'browser.json');
if (options) await main(options);
