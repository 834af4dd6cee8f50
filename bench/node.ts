// The CPU engine beside TensorFlow.js's own backends, in Node: npx tsx bench/node.ts --help

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { type Comparisons, comparisons, type FirstPrediction } from './compare.js';
import { parseOptions } from './options.js';
import { printer, printKinds, writeResults } from './report.js';
import { runSuite } from './suite.js';

const firstInNode = fileURLToPath(new URL('./firstInNode.ts', import.meta.url));

const runner: Comparisons = {
  ...comparisons(readNodeModule),
  async first({ model, backend }) {
    const args = ['--import', 'tsx', firstInNode, model, backend];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as FirstPrediction;
  },
};

const options = parseOptions('convnet-cpu,wasm,cpu', 'node.json'); // tfjs-wasm never uses threads in Node
if (options) {
  const processor = cpus()[0].model;
  const device = { processor, cores: cpus().length, node: process.version, tfjs: tf.version.tfjs };
  console.log(device);
  const results = await runSuite(runner, options, printer);
  printKinds(results.kinds);
  if (options.out) writeResults(options.out, device, options.quick, results);
}
