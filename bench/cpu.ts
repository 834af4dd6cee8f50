// The CPU engine beside TensorFlow.js's backends and ONNX Runtime, in Node or Chromium: npm run bench:cpu -- --help

import { loadPeers } from './contestants/installPeers.js';
import { parseOptions } from './report/options.js';
import { inChromium } from './run/chromium.js';
import { inNode } from './run/inNode.js';
import { runSuite } from './run/runSuite.js';
import { cpuSuite as suite } from './tables/suites.js';

const options = parseOptions(['browser', 'quick', 'only', 'sections', 'backends', 'out'], ({ browser }) =>
  browser ? 'cpu-chromium.json' : `cpu-node${process.versions.node.split('.')[0]}.json`,
);
const wanted = options.backends ?? suite.backends.filter((name) => !options.browser || name !== 'ort-node');
const { layerPeers, versions } = await loadPeers(wanted);
const backends = wanted.filter((name) => !name.startsWith('ort') || name in layerPeers);
const run = { suite, options: { ...options, backends } };
if (options.browser) {
  const { ask, version: chromium, close } = await inChromium('swiftshader');
  await runSuite({ ...run, ask, device: { chromium, ...versions } }).finally(close);
} else {
  const { node, v8 } = process.versions;
  await runSuite({ ...run, ask: inNode(layerPeers), device: { node, v8, ...versions } });
}
