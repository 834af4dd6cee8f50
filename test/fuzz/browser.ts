// npm run fuzz:webgl: random cases on every variant of the WebGL2 engine, in headless Chromium.
//
//   npm run fuzz:webgl -- --runs=20000
//   npm run fuzz:webgl -- --family=conv,pool --backend=convnet-webgl-narrow --seconds=60 --seed=7
//   npm run fuzz:webgl -- --case=conv:123456
//   npm run fuzz:webgl -- --angle=vulkan            on a GPU; default: SwiftShader, Chromium's software renderer

import { openPage, servePage } from '../../tools/chromiumPage.js';
import { chosen, readOptions } from './options.js';

const options = readOptions();
const server = await servePage({ script: 'test/fuzz/page.ts' });
const { page, close } = await openPage(server, options.angle ?? 'swiftshader');
try {
  const known = await page.evaluate(() => ({ families: fuzzPage.families, backends: fuzzPage.backends }));
  const backends = chosen(options.backend, known.backends);
  if (options.case) {
    const [family, seed] = options.case.split(':');
    for (const backend of backends) {
      const request = [family, Number(seed), backend] as const;
      const message = await page.evaluate(([a, b, c]) => fuzzPage.runAgain(a, b, c), request);
      if (message) process.exitCode = 1;
      console.log(`${backend}: ${message ?? 'right'}`);
    }
  } else {
    const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`fuzz: seed ${seed} on ${backends.join(', ')}`);
    for (const backend of backends) {
      const startMs = Date.now();
      const { report, faults } = await page.evaluate((request) => fuzzPage.run(request), {
        families: chosen(options.family, known.families),
        ...{ backend, seed },
        runs: Math.ceil(Number(options.runs ?? 1e9) / backends.length),
        seconds: Number(options.seconds ?? (options.runs ? 1e9 : 120)) / backends.length,
        mostFaults: Number(options.faults ?? 20),
      });
      for (const { id, title, message } of faults) {
        console.error(`FAULT on ${backend}: ${title}\n  ${message}\n  npm run fuzz:webgl -- --case=${id}`);
      }
      if (faults.length > 0) process.exitCode = 1;
      const seconds = Math.round((Date.now() - startMs) / 1000);
      console.log(`${backend}: ${report.runs} runs in ${seconds} s, ${report.faults} faults`);
    }
  }
} finally {
  await close();
  server.close();
}
