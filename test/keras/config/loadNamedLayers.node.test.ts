// Layers and operations that come on demand: the loader knows from the file alone which it needs.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openSource } from '../../../src/formats/source/openSource.js';
import { layersOnDemand, needsOf } from '../../../src/keras/config/loadNamedLayers.js';
import type { LayerSpec, ModelSpec } from '../../../src/keras/config/modelSpec.js';
import { readModelSpec } from '../../../src/keras/config/readModelSpec.js';
import { openFile } from '../../../src/keras/openFile.js';
import { kerasLayerClasses, useAllLayers } from '../../../src/layers/allLayers.js';
import { featureSpaceLayers } from '../../../src/layers/preprocessing/lookup/featureSpace.js';
import { commonLayers } from '../../../src/layers/registry.js';
import { fixtureFile, fixtures, readFixture } from '../../support/keras/fixtureFiles.js';

const layersOf = ({ layers }: ModelSpec): LayerSpec[] => {
  return layers.flatMap((layer) => [layer, ...(layer.model ? layersOf(layer.model) : [])]);
};

/** What a new process prints that has imported nothing but the entry `keras`. */
async function loadAlone(bytes: Uint8Array): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'convnet-'));
  const path = join(folder, 'model');
  await writeFile(path, bytes);
  const url = new URL('../../../', import.meta.url);
  const script = `
    import * as tf from '@tensorflow/tfjs';
    import { loadKerasModel } from '${new URL('src/keras.ts', url).href}';
    await tf.setBackend('cpu');
    console.warn = () => {};
    const model = await loadKerasModel(${JSON.stringify(path)}, { compile: false });
    process.stdout.write(JSON.stringify(model.layers.map((layer) => layer.getClassName())));`;
  const args = ['--import', 'tsx/esm', '--input-type=module', '--eval', script];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: url });
    return JSON.parse(stdout.slice(stdout.lastIndexOf('[')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('layers and operations on demand', () => {
  it('the list has all layers that the registry does not start with', () => {
    const atStart = new Set(commonLayers.map(({ className }) => className));
    const names = [...kerasLayerClasses, ...featureSpaceLayers].map(({ className }) => className);
    expect([...layersOnDemand]).to.have.members(names.filter((name) => !atStart.has(name)));
  });

  it('each fixture asks for what it has', async () => {
    useAllLayers();
    const [operations, preprocessing] = [[] as string[], [] as string[]];
    const files = fixtures.flatMap(({ version, name, files: { keras, h5 } }) => {
      return [keras, h5].flatMap((file) => (typeof file === 'string' ? [{ version, name, file }] : []));
    });
    for (const { version, name, file } of files) {
      const opened = openFile(await openSource(await fixtureFile(version, file), {}));
      if (!opened.model) continue;
      const needs = needsOf(opened.model);
      const layers = layersOf(readModelSpec(opened.model));
      if (layers.some(({ kind }) => kind === 'op')) operations.push(name);
      if (layers.some(({ object }) => layersOnDemand.has(object.class_name))) preprocessing.push(name);
      if (operations.at(-1) === name) expect(needs.ops, name).to.equal(true);
      if (preprocessing.at(-1) === name) expect(needs.layers, name).to.equal(true);
    }
    expect(operations.length).to.be.greaterThan(5);
    expect(preprocessing.length).to.be.greaterThan(0);
  });

  for (const path of ['tf_ops/tf_ops.h5', 'tf_ops/tf_ops.keras']) {
    it(`${path} in a process that has loaded nothing else`, async () => {
      expect(await loadAlone(await readFixture(path))).to.include('KerasOp');
    });
  }

  it('layers for preprocessing in a process that has loaded nothing else', async () => {
    const { version, files } = fixtures.find(({ name }) => name === 'image_pipeline') as (typeof fixtures)[number];
    const names = await loadAlone(await fixtureFile(version, files.keras as string));
    expect(names.some((name) => layersOnDemand.has(name))).to.equal(true);
  });
});
