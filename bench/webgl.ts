// The WebGL2 engine beside TensorFlow.js's own, in headless Chromium: npm run bench:webgl -- --help

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bundlePage, openPage, servePage } from './chromium.js';
import { limits } from './limits.js';
import { pageRunner } from './pageRunner.js';
import { writeJson } from './report.js';
import { webglChart } from './webglChart.js';
import { parseWebglOptions, type WebglOptions } from './webglOptions.js';
import { printWebglVerdicts, webglPrinter } from './webglReport.js';
import type { WebglReport } from './webglResults.js';
import { fullSettings, quickSettings } from './webglSettings.js';
import { runWebglSteps, webglSteps } from './webglSuite.js';
import { webglVerdicts } from './webglVerdicts.js';

async function main({ quick, only, angle, out }: WebglOptions): Promise<void> {
  await bundlePage();
  const server = await servePage();
  const open = () => openPage(server, angle);
  const { page, version, close } = await open();
  try {
    const { renderer, tfjs } = await page.evaluate(() => ({ renderer: bench.renderer(), tfjs: bench.tfjs }));
    const device = { renderer, processor: cpus()[0].model, cores: cpus().length, chromium: version, tfjs };
    console.log(device);
    const steps = webglSteps(pageRunner(page, open), quick ? quickSettings : fullSettings);
    const chosen = steps.filter(({ title }) => only.test(title));
    const { rows, failures } = await runWebglSteps(chosen, webglPrinter());
    const ofDevice = limits(renderer);
    const verdicts = webglVerdicts(rows, ofDevice);
    printWebglVerdicts(verdicts);
    if (failures.length > 0) console.log(`\n${failures.length} rows failed`);
    process.exitCode = failures.length > 0 ? 1 : 0;
    const date = new Date().toISOString().slice(0, 10);
    if (out) write(out, { device, date, quick, limits: ofDevice, verdicts, rows, failures });
  } finally {
    await close();
    server.close();
  }
}

function write(file: string, report: WebglReport): void {
  writeJson(file, report);
  const chart = file.replace(/(\.json)?$/, '.svg');
  writeFileSync(chart, `${webglChart(report)}\n`);
  console.log(`Written to ${chart}`);
}

const options = parseWebglOptions();
if (options) await main(options);
