// npm run fuzz:faults: puts one deliberate fault after another into the source, and reports how soon the fuzzer finds
// each: those of the CPU engine on one thread and on three, those of the WebGL2 engine in headless Chromium.
//
//   npm run fuzz:faults
//   npm run fuzz:faults -- --engine=webgl
//   npm run fuzz:faults -- --only='tail lane' --runs=10000 --seed=7
//
// A fault is a change of one line of a file's text, made while the fuzzer is bundled. The exit code is 1 if one is not
// found, or if its text is no longer in the file. By default the fuzzer has as many runs as take a minute on a quiet core.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import { root } from '../../tools/setup.mjs';
import { cpuFaults, type Fault, faultPlugin, webglFaults } from './faultTable.js';

const { values: options } = parseArgs({
  options: {
    engine: { type: 'string', default: 'cpu,webgl' },
    only: { type: 'string', default: '' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    angle: { type: 'string', default: 'swiftshader' },
  },
});

interface Search {
  /** The title of the case that found it. */
  readonly found?: string;
  readonly runs: number;
  /** What the fuzzer said if it ended otherwise. */
  readonly error?: string;
}

const engines: Readonly<Record<string, readonly [readonly Fault[], (fault: Fault) => Promise<Search>]>> = {
  cpu: [cpuFaults, searchOnCpu],
  webgl: [webglFaults, searchOnWebgl],
};

for (const engine of options.engine.split(',')) {
  const [faults, search] = engines[engine];
  for (const fault of faults.filter(({ name }) => name.includes(options.only))) {
    const start = performance.now();
    const { found, runs, error } = await search(fault);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (!found) process.exitCode = 1;
    const verdict = found ? `found after ${runs} runs and ${seconds} s: ${found}` : `NOT FOUND in ${runs} runs`;
    console.log(`${fault.name} (${fault.file}): ${verdict}`);
    if (error) console.log(error);
  }
}

async function searchOnCpu(fault: Fault): Promise<Search> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-faults-'));
  try {
    const file = join(folder, 'fuzz.mjs');
    writeFileSync(file, await bundle(fault));
    const { runs = '40000', seed } = options;
    const args = ['--backend=convnet-cpu,convnet-cpu-3threads', `--runs=${runs}`, `--seed=${seed}`, '--faults=1'];
    const run = spawnSync(process.execPath, [file, ...args]);
    const found = /^FAULT: (.*)/m.exec(String(run.stderr))?.[1];
    const count = Number(/^(\d+) runs/m.exec(String(run.stdout))?.[1] ?? 0);
    return { found, runs: count, ...(!found && run.status !== 0 && { error: String(run.stderr) }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of the fuzzer with a fault in it. */
async function bundle(fault: Fault): Promise<string> {
  const { plugin, check } = faultPlugin(fault);
  const output = await build({
    cwd: root,
    input: 'test/fuzz/node.ts',
    platform: 'node',
    treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    write: false,
    output: { format: 'esm', codeSplitting: false },
    plugins: [plugin],
  });
  check();
  return output.output[0].code;
}

async function searchOnWebgl(fault: Fault): Promise<Search> {
  const { plugin, check } = faultPlugin(fault);
  const server = await servePage({ script: 'test/fuzz/page.ts', plugins: [plugin] });
  try {
    check();
    const { page, close } = await openPage(server, options.angle);
    try {
      const backend = 'convnet-webgl';
      await page.evaluate((name) => fuzzPage.trust(name), backend);
      const families = await page.evaluate(() => fuzzPage.families);
      const { report, faults } = await page.evaluate((request) => fuzzPage.run(request), {
        ...{ families, backend, seed: Number(options.seed), first: 0, inputs: 1 },
        ...{ runs: Number(options.runs ?? 1000), seconds: 1e9, mostFaults: 1 },
      });
      return { found: faults[0]?.title, runs: report.runs };
    } finally {
      await close();
    }
  } finally {
    server.close();
  }
}
