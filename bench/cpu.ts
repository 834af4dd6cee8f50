// The CPU engine beside TensorFlow.js's backends and ONNX Runtime, in Node or Chromium: npm run bench:cpu -- --help

import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { writeChart } from './chart.js';
import { bundlePage, openPage, servePage } from './chromium.js';
import type { Comparisons } from './compare.js';
import { type CpuOptions, parseCpuOptions } from './cpuOptions.js';
import { cpuPrinter, printVerdicts } from './cpuReport.js';
import { runCpuSuite } from './cpuSuite.js';
import { type Foreign, loadForeign } from './foreign.js';
import { nodeRunner } from './nodeRunner.js';
import { pageRunner } from './pageRunner.js';
import { problemOf } from './problem.js';
import { type Device, writeJson } from './report.js';
import { layerNamed } from './shapes.js';
import { verdictsOf } from './verdicts.js';

interface Place {
  readonly runner: Comparisons;
  /** The engine that runs the code. */
  readonly engine: Device;
  close(): Promise<void>;
}

async function main(options: CpuOptions): Promise<void> {
  const foreign = await loadForeign(options.backends);
  const backends = options.backends.filter((name) => !name.startsWith('ort') || name in foreign.layerPeers);
  const place = options.browser ? await inChromium(foreign) : inNode(foreign);
  try {
    const machine = { processor: cpus()[0].model, cores: cpus().length };
    const device = { ...machine, ...place.engine, tfjs: tf.version.tfjs, ...foreign.versions };
    console.log(device);
    const results = await runCpuSuite(place.runner, { ...options, backends }, cpuPrinter);
    const verdicts = verdictsOf(results);
    printVerdicts(verdicts);
    if (results.failures.length > 0) console.log(`\n${results.failures.length} rows failed`);
    process.exitCode = results.failures.length > 0 ? 1 : 0;
    if (!options.out) return;
    const date = new Date().toISOString().slice(0, 10);
    writeJson(options.out, { device, date, quick: options.quick, verdicts, ...results });
    writeChart(options.out.replace(/(\.json)?$/, '.svg'), { device, date, results }, foreign.chartLibrary);
  } finally {
    await place.close();
  }
}

function inNode({ layerPeers }: Foreign): Place {
  const { node, v8 } = process.versions;
  return { runner: nodeRunner(layerPeers), engine: { node, v8 }, close: async () => {} };
}

async function inChromium({ onnxOf }: Foreign): Promise<Place> {
  await bundlePage();
  const server = await servePage(async (layer) => onnxOf?.(problemOf(layerNamed(layer), 'forward')));
  const open = () => openPage(server, 'swiftshader');
  const { page, version, close } = await open();
  return {
    runner: pageRunner(page, open),
    engine: { chromium: version },
    async close() {
      await close();
      server.close();
    },
  };
}

const options = parseCpuOptions();
if (options) await main(options);
