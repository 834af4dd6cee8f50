// npm run fuzz:webgl: random cases on every variant of the WebGL2 engine, in headless Chromium.
//
//   npm run fuzz:webgl -- --runs=20000
//   npm run fuzz:webgl -- --family=conv,pool --backend=convnet-webgl-narrow --seconds=60 --seed=7
//   npm run fuzz:webgl -- --inputs=4                four cases in a row with the same programs and other values
//   npm run fuzz:webgl -- --case=conv:123456
//   npm run fuzz:webgl -- --angle=vulkan            on a GPU; default: SwiftShader, Chromium's software renderer
//
// The backends take turns with the same cases. The counts so far are printed after each turn.

import { openPage, servePage } from '../../tools/chromiumPage.js';
import { chosen, readOptions } from './options.js';

/** Cases of a backend's turn: its programs stay compiled, and what has been run is known soon. */
const TURN = 320;

const options = readOptions();
const server = await servePage({ script: 'test/fuzz/page.ts' });
const { page, close } = await openPage(server, options.angle ?? 'swiftshader');
// What a backend warns of, as a program that it refuses, explains a fault. The same text counts once.
const warned = new Set<string>();
page.on('console', (message) => {
  if (!['warning', 'error'].includes(message.type()) || warned.has(message.text())) return;
  warned.add(message.text());
  console.error(`WARNED: ${message.text()}`);
});
try {
  const known = await page.evaluate(() => ({ families: fuzzPage.families, backends: fuzzPage.backends }));
  const backends = chosen(options.backend, known.backends);
  if (options.case) await runAgain(options.case, backends);
  else await run(backends, chosen(options.family, known.families));
} finally {
  await close();
  server.close();
}

async function runAgain(id: string, backends: readonly string[]): Promise<void> {
  for (const backend of backends) {
    const message = await page.evaluate(([a, b]) => fuzzPage.runAgain(a, b), [id, backend] as const);
    if (message) process.exitCode = 1;
    console.log(`${backend}: ${message ?? 'right'}`);
  }
}

async function run(backends: readonly string[], families: readonly string[]): Promise<void> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`fuzz: seed ${seed} on ${backends.join(', ')}`);
  const counts = new Map(backends.map((backend) => [backend, { runs: 0, seconds: 0, faults: 0 }]));
  const runs = Number(options.runs ?? Number.POSITIVE_INFINITY) / backends.length;
  const endMs = Date.now() + 1000 * Number(options.seconds ?? (options.runs ? 1e9 : 120));
  let left = Number(options.faults ?? 20);
  for (let first = 0; first < runs && left > 0 && Date.now() < endMs; first += TURN) {
    for (const [backend, count] of counts) {
      const startMs = Date.now();
      if (startMs >= endMs) break;
      const { report, faults } = await page.evaluate((request) => fuzzPage.run(request), {
        ...{ families, backend, seed, first, inputs: Number(options.inputs ?? 1), mostFaults: left },
        runs: Math.min(TURN, runs - first),
        seconds: (endMs - startMs) / 1000,
      });
      for (const { id, title, message } of faults) {
        console.error(`FAULT on ${backend}: ${title}\n  ${message}\n  npm run fuzz:webgl -- --case=${id}`);
      }
      left -= faults.length;
      count.runs += report.runs;
      count.faults += report.faults;
      count.seconds += (Date.now() - startMs) / 1000;
    }
    console.log(summaryOf(counts));
  }
  if ([...counts.values()].some(({ faults }) => faults > 0)) process.exitCode = 1;
}

function summaryOf(counts: ReadonlyMap<string, { runs: number; seconds: number; faults: number }>): string {
  const lines = [...counts].map(
    ([backend, { runs, seconds, faults }]) => `${backend}: ${runs} runs in ${Math.round(seconds)} s, ${faults} faults`,
  );
  return lines.join('; ');
}
