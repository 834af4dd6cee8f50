// The CPU engine beside TensorFlow.js's backends, ONNX Runtime and, where Python has them, LiteRT.js and Keras, in Node
// or Chromium: npm run bench:cpu -- --help

import { loadPeers } from './contestants/installPeers.js';
import { startKeras } from './contestants/keras.js';
import { litertFiles } from './contestants/litertFiles.js';
import { parseOptions } from './report/options.js';
import { inChromium } from './run/chromium.js';
import { inNode } from './run/inNode.js';
import { runSuite } from './run/runSuite.js';
import { cpuSuite as suite } from './tables/suites.js';

const options = parseOptions(['browser', 'quick', 'only', 'sections', 'backends', 'python', 'out'], ({ browser }) =>
  browser ? 'cpu-chromium.json' : `cpu-node${process.versions.node.split('.')[0]}.json`,
);
const wanted = options.backends ?? suite.backends.filter((name) => !options.browser || name !== 'ort-node');
const { layerPeers, versions } = await loadPeers(wanted);
const backends = wanted.filter((name) => !name.startsWith('ort') || name in layerPeers);
if (options.browser) {
  const litert = options.python ? await litertFiles(options.python) : undefined;
  const { ask, version: chromium, close } = await inChromium('swiftshader', litert && [litert.folder]);
  const contestants = litert ? [...new Set([...backends, 'litert'])] : backends;
  const device = { chromium, ...versions, ...litert?.versions };
  await runSuite({ suite, options: { ...options, backends: contestants }, ask, device }).finally(close);
} else {
  const { node, v8 } = process.versions;
  const keras = options.python ? await startKeras(options.python) : undefined;
  const contestants = keras ? [...new Set([...backends, 'keras'])] : backends;
  const device = { node, v8, ...versions, ...keras?.versions };
  const run = { suite, options: { ...options, backends: contestants }, ask: inNode(layerPeers, keras), device };
  await runSuite(run).finally(() => keras?.close());
}
