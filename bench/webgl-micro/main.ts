// Microbenchmarks of WebGL2, without TensorFlow.js, in headless Chromium: npm run bench:webgl-micro -- --help

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import { parseOptions } from '../report/options.js';
import { printTable } from '../report/printTable.js';
import { reportText } from '../report/reportText.js';
import type { Limits } from '../run/results.js';
import type { Figures } from './experiment.js';
import { installClock } from './processorClock.js';

const { only, out, angle } = parseOptions(['only', 'out', 'angle'], () => 'webgl-micro.json');
const server = await servePage({ script: 'bench/webgl-micro/page.ts' });
const { page, version, close } = await openPage(server, angle);
try {
  const { renderer, names } = await page.evaluate(() => ({ renderer: micro.renderer(), names: micro.groups }));
  const clock = await installClock(page, renderer);
  const device = { renderer, clock, processor: cpus()[0].model, cores: cpus().length, chromium: version };
  console.log(device);
  const rows: Figures[] = [];
  for (const group of names.filter((name) => only.test(name))) {
    for (const { title, rows: some } of await page.evaluate((name) => micro.run(name), group)) {
      printTable(title, some);
      rows.push(...some.map((row) => ({ group, table: title, ...row })));
    }
  }
  if (out) writeFileSync(out, reportText({ device, limits: limitsOf(rows), rows }));
  if (out) console.log(`\nWritten to ${out}`);
} finally {
  await close();
  server.close();
}

/** What other benchmarks compare with (../webgl.ts); nothing of a group that has not run. */
function limitsOf(rows: readonly Figures[]): Partial<Limits> {
  const most = (group: string, column: string, unit: number) => {
    const values = rows.filter((row) => row.group === group).map((row) => Number(row[column]));
    return values.length > 0 ? Math.max(...values) * unit : undefined;
  };
  return { fetchesPerSecond: most('fetchRate', 'Mfetch/s', 1e6), macsPerSecond: most('multiply', 'GMAC/s', 1e9) };
}
