// npm run fuzz:webgl: random cases on every variant of the WebGL2 engine, in headless Chromium.
//
//   npm run fuzz:webgl -- --runs=20000
//   npm run fuzz:webgl -- --family=conv,pool --backend=convnet-webgl-narrow --seconds=60 --seed=7
//   npm run fuzz:webgl -- --case=conv:123456
//   npm run fuzz:webgl -- --angle=vulkan            on a GPU; default: SwiftShader, Chromium's software renderer

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { build } from 'rolldown';
import { findChromium, root } from '../../tools/setup.mjs';
import { chosen, readOptions } from './options.js';

const options = readOptions();
const output = await build({
  cwd: root,
  input: { page: 'test/fuzz/page.ts' },
  platform: 'browser',
  treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['browser', 'module', 'main'] },
  checks: { ineffectiveDynamicImport: false },
  logLevel: 'warn',
  write: false,
  output: { format: 'esm' },
});
const files = new Map(output.output.map((file) => [`/${file.fileName}`, 'code' in file ? file.code : file.source]));
const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';
const server = createServer(({ url = '/' }, response) => {
  response.setHeader('content-type', url === '/' ? 'text/html' : 'text/javascript').end(files.get(url) ?? html);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [
    '--no-sandbox', // Chromium refuses to run as root with it
    '--use-gl=angle',
    `--use-angle=${options.angle ?? 'swiftshader'}`,
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--disable-dev-shm-usage', // /dev/shm is 64 MB in a container
  ],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'fuzzPage' in globalThis, undefined, { timeout: 300_000 });
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
  await browser.close();
  server.close();
}
