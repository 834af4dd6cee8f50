// What the page needs for LiteRT.js: its script as one file, and every layer as a .tflite file, which TensorFlow's own
// converter writes in Python.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../tools/setup.mjs';
import { operandsOf } from '../measure/problem.js';
import { layers } from '../tables/layers.js';
import { installPeers } from './installPeers.js';

const script = join(root, 'bench/python/litertLayers.py');
const packageFolder = join(root, 'bench/node_modules/@litertjs/core');

/**
 * The folder with `litert.js` and `<index of the layer>.tflite`, and the versions; undefined, with one line that says
 * why, where they cannot be made.
 *
 * @param python A Python that has TensorFlow.
 */
export async function litertFiles(python: string) {
  if (!installPeers()) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'litert-'));
  try {
    const entryPoints = [join(packageFolder, 'dist/index.js')];
    await build({ entryPoints, outfile: join(folder, 'litert.js'), bundle: true, format: 'esm' });
    writeFileSync(join(folder, 'layers.json'), JSON.stringify(layers));
    for (const [i, layer] of layers.entries()) {
      const { w, bias } = operandsOf(layer).operands;
      writeFileSync(join(folder, `${i}.f32`), Buffer.concat([Buffer.from(w.buffer), Buffer.from(bias.buffer)]));
    }
    console.log(`Converting ${layers.length} layers for LiteRT.js ...`);
    const tensorflow = execFileSync(python, [script, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    return { folder, versions: { 'litert.js': version, 'tflite converter': `TensorFlow ${tensorflow.trim()}` } };
  } catch (error) {
    console.log(`Without LiteRT.js: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}
