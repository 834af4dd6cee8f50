// The WebGL2 engine beside TensorFlow.js's own, in headless Chromium: npm run bench:webgl -- --help

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';
import { installPeers } from './contestants/installPeers.js';
import { parseOptions } from './report/options.js';
import { inChromium } from './run/chromium.js';
import type { Limits } from './run/results.js';
import { runSuite } from './run/runSuite.js';
import { webglSuite as suite } from './tables/suites.js';

const options = parseOptions(
  ['quick', 'only', 'sections', 'backends', 'angle', 'out'],
  ({ angle }) => `webgl-${angle}.json`,
);
installPeers(); // before the page asks for them
const chromium = await inChromium(options.angle);
try {
  const renderer = await chromium.renderer();
  const limits = limitsOf(renderer);
  if (!limits) console.log('No limits of this renderer are known: npm run bench:webgl-micro measures them');
  const hasWebGpu = await chromium.hasWebGpu();
  if (!hasWebGpu) console.log('Without webgpu: no adapter but a software one, or the package is not installed');
  const backends = options.backends ?? [...suite.backends, ...(hasWebGpu ? ['webgpu'] : [])];
  await runSuite({
    suite,
    options: { ...options, backends },
    ask: chromium.ask,
    device: { renderer, chromium: chromium.version },
    limits,
  });
} finally {
  await chromium.close();
}

/** What the device does at most, as bench/webgl-micro has measured it; undefined where it has not. */
function limitsOf(renderer: string): Limits | undefined {
  const file = join(root, 'bench/results/webgl-micro.json');
  const { limits, device } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const isComplete = limits?.fetchesPerSecond && limits.macsPerSecond;
  return isComplete && device?.renderer === renderer ? limits : undefined;
}
