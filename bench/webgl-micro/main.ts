// Microbenchmarks of WebGL2, without TensorFlow.js, in headless Chromium: npx tsx bench/webgl-micro/main.ts --help

import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { openPage } from '../chromium.js';
import { digits } from '../figures.js';
import type { Limits } from '../limits.js';
import { writeJson } from '../report.js';
import { installClock } from './processorClock.js';
import { serveMicroPage } from './server.js';
import type { Row, Table } from './table.js';

const USAGE = `options:
  --only=<regex>   groups that run; results are written only where all do, or to a named file
  --out=<file>     where the results go
  --angle=<name>   swiftshader (default), or vulkan, gl, metal, d3d11 for a GPU`;

interface Options {
  readonly only?: string;
  readonly out?: string;
  readonly angle: string;
}

async function main({ only, out, angle }: Options): Promise<void> {
  const server = await serveMicroPage();
  const { page, version, close } = await openPage(server, angle);
  try {
    await page.waitForFunction(() => globalThis.micro !== undefined);
    const { renderer, names } = await page.evaluate(() => ({ renderer: micro.renderer(), names: micro.groups }));
    const clock = await installClock(page, renderer);
    const device = { renderer, clock, processor: cpus()[0].model, cores: cpus().length, chromium: version };
    console.log(device);
    const groups: Record<string, Table[]> = {};
    for (const name of names.filter((name) => new RegExp(only ?? '').test(name))) {
      groups[name] = await page.evaluate((group) => micro.run(group), name);
      for (const table of groups[name]) print(table);
    }
    const file = out ?? (only === undefined ? join(root, 'bench/results/webgl-micro.json') : undefined);
    if (file) writeJson(file, { device, limits: limitsOf(groups), groups });
  } finally {
    await close();
    server.close();
  }
}

/** What other benchmarks compare with (bench/limits.ts); nothing of a group that has not run. */
function limitsOf({ fetchRate = [], multiply = [] }: Record<string, Table[]>): Partial<Limits> {
  const most = (tables: Table[], column: string, unit: number) => {
    const values = tables.flatMap(({ rows }) => rows.map((row) => Number(row[column] ?? 0)));
    return values.length > 0 ? Math.max(...values) * unit : undefined;
  };
  return { fetchesPerSecond: most(fetchRate, 'Mfetch/s', 1e6), macsPerSecond: most(multiply, 'GMAC/s', 1e9) };
}

function print({ title, rows }: Table): void {
  const names = Object.keys(rows[0]);
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  console.log(`\n${title}`);
  for (const line of cells)
    console.log(
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

function cell(value: Row[string] | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' && !Number.isInteger(value) ? digits(value) : String(value);
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    out: { type: 'string' },
    angle: { type: 'string', default: 'swiftshader' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else await main(values);
