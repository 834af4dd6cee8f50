// What an app carries that imports one layer: that layer, and no other. The library is built as rolldown.config.js builds it,
// and then an app is bundled with it.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { build } from 'rolldown';
import { kerasLayerClasses } from '../../src/layers/allLayers.js';
import { pureInitializers } from '../../tools/pureInitializers.mjs';

const folder = new URL('../../.build/treeShaking/', import.meta.url);
const logLevel = 'silent'; // errors are thrown all the same
const external = [/^@tensorflow\//, /^node:/];
const library = fileURLToPath(new URL('layers.js', folder));

/** The class names of layers in the app's bundle. */
async function layersIn(code: string): Promise<string[]> {
  const input = fileURLToPath(new URL('app.js', folder));
  await writeFile(input, code);
  const { output } = await build({ input, external, logLevel, output: { minify: true }, write: false });
  const names = new Set([...output[0].code.matchAll(/className\s*=\s*[`'"](\w+)[`'"]/g)].map(([, name]) => name));
  return kerasLayerClasses.map(({ className }) => className).filter((name) => names.has(name));
}

/** Layers that are made of other layers. */
const alone: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ['Conv2D'],
  conv2d: ['Conv2D'],
  MaxPooling2D: ['MaxPooling2D'],
  BatchNormalization: ['BatchNormalization'],
  LSTM: ['LSTMCell', 'LSTM'],
  MultiHeadAttention: ['Dropout', 'EinsumDense', 'MultiHeadAttention'],
  RandomFlip: ['RandomFlip'],
  setImageDataFormat: [],
};

describe('an app that imports one layer', () => {
  before(async () => {
    await mkdir(folder, { recursive: true });
    const input = fileURLToPath(new URL('../../src/layers.ts', import.meta.url));
    const resolve = { extensionAlias: { '.js': ['.ts', '.js'] } };
    await build({ input, external, logLevel, resolve, plugins: [pureInitializers()], output: { file: library } });
  });

  for (const [name, expected] of Object.entries(alone)) {
    it(name, async () => {
      const found = await layersIn(`import { ${name} } from './layers.js'; console.log(${name});`);
      expect(found.sort()).to.deep.equal([...expected].sort());
    });
  }

  it('or everything', async () => {
    const found = await layersIn(`import * as layers from './layers.js'; console.log(layers);`);
    expect(found).to.deep.equal(kerasLayerClasses.map(({ className }) => className));
  });
});
