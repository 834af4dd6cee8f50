// The CPU engine beside TensorFlow.js's own backends, in Node: npx tsx bench/node.ts --help

import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { nodeRunner } from './nodeRunner.js';
import { parseOptions } from './options.js';
import { printer, printKinds, writeResults } from './report.js';
import { runSuite } from './suite.js';

const options = parseOptions('convnet-cpu,wasm,cpu', 'node.json'); // tfjs-wasm never uses threads in Node
if (options) {
  const processor = cpus()[0].model;
  const device = { processor, cores: cpus().length, node: process.version, tfjs: tf.version.tfjs };
  console.log(device);
  const results = await runSuite(nodeRunner(), options, printer);
  printKinds(results.kinds);
  if (options.out) writeResults(options.out, device, options.quick, results);
}
