// `convnet convert`: every direction, with the predictions of real Keras at the end of each.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { loadKerasModel, loadKerasWeights } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { convnet, useFolder } from '../support/convnetCommand.js';
import { factsOf } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

const version = '3.15.1';

describe('convnet convert', () => {
  useBackend('convnet-cpu');
  const { path, fixture } = useFolder();

  async function convert(...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await convnet(['convert', ...args, '--json']);
    expect(code, stderr).to.equal(exitCodes.done);
    return JSON.parse(stdout);
  }

  async function expectKeras(file: string, name: string, tolerance?: number): Promise<void> {
    const model = await loadKerasModel(file);
    expectPredictions(model, await factsOf({ version, name }), { tolerance });
    model.dispose();
  }

  it('goes to a folder, on to HDF5 and back to an archive', async () => {
    const input = await fixture(version, 'functional.keras');
    const toFolder = await convert(input, path('web/functional'));
    expect(toFolder).to.include({ format: 'tfjs', parameters: 381 });
    expect(toFolder.files).to.deep.equal(['group1-shard1of1.bin', 'model.json']);
    await expectKeras(path('web/functional/model.json'), 'functional');
    await convert(path('web/functional'), path('functional.h5'));
    await expectKeras(path('functional.h5'), 'functional');
    await convert(path('functional.h5'), path('functional.keras'));
    await expectKeras(path('functional.keras'), 'functional');
  });

  it('writes weights alone', async () => {
    const input = await fixture(version, 'groups.keras');
    await convert(input, path('groups.weights.h5'));
    const model = await loadKerasModel(input);
    tf.tidy(() => {
      for (const weight of model.weights) weight.write(tf.zeros(weight.shape as number[]));
    });
    await loadKerasWeights(model, path('groups.weights.h5'));
    expectPredictions(model, await factsOf({ version, name: 'groups' }));
    model.dispose();
  });

  it('writes what tf.loadLayersModel reads by itself', async () => {
    await convert(await fixture(version, 'sequential.keras'), path('official'));
    const model = await tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(path('official'))));
    expectPredictions(model, await factsOf({ version, name: 'sequential' }));
    model.dispose();
  });

  it('gives layers of nested models names of their own', async () => {
    const { renamed } = await convert(await fixture(version, 'nested.keras'), path('nested'));
    expect(renamed).to.deep.equal([['block/inner_conv', 'block_inner_conv']]);
    await expectKeras(path('nested/model.json'), 'nested');
  });

  for (const [type, tolerance, size] of [
    ['float16', 2e-3, 1 / 2],
    ['uint16', 1e-3, 1 / 2],
    ['uint8', 0.1, 1 / 4],
  ] as const) {
    it(`stores weights as ${type}`, async () => {
      const input = await fixture(version, 'sequential.keras');
      await convert(input, path(type), '--quantize', type);
      const shard = await stat(path(`${type}/group1-shard1of1.bin`));
      expect(shard.size).to.equal(475 * 4 * size);
      await expectKeras(path(`${type}/model.json`), 'sequential', tolerance);
      const official = await tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(path(type))));
      expectPredictions(official, await factsOf({ version, name: 'sequential' }), { tolerance });
      official.dispose();
    });
  }

  it('cuts the weights into shards', async () => {
    const { files } = await convert(await fixture(version, 'sequential.keras'), path('shards'), '--shard-mb', '0.001');
    expect(files).to.deep.equal(['group1-shard1of2.bin', 'group1-shard2of2.bin', 'model.json']);
    expect((await stat(path('shards/group1-shard1of2.bin'))).size).to.equal(1048);
    await expectKeras(path('shards/model.json'), 'sequential');
  });

  it('says which layers get another name, as Keras refuses a slash', async () => {
    const input = await fixture('2.15.0', 'slash_names.h5');
    for (const output of ['slash.keras', 'slash.h5', 'slash']) {
      const { code, stdout, stderr } = await convnet(['convert', input, path(output), '--json']);
      expect(code, stderr).to.equal(exitCodes.done);
      expect(JSON.parse(stdout).renamed).to.deep.include(['block/conv', 'block_conv']);
      expect(stderr).to.include("layer 'block/conv' is called 'block_conv' there");
      const model = await loadKerasModel(output === 'slash' ? path('slash/model.json') : path(output));
      expectPredictions(model, await factsOf({ version: '2.15.0', name: 'slash_names' }));
      model.dispose();
    }
  });

  it('writes the same without reading it back', async () => {
    const input = await fixture(version, 'groups.keras');
    await convert(input, path('verified.h5'));
    await convert(input, path('unverified.h5'), '--no-verify');
    expect(await readFile(path('unverified.h5'))).to.deep.equal(await readFile(path('verified.h5')));
    await convert(input, path('unverified'), '--no-verify');
    await expectKeras(path('unverified/model.json'), 'groups');
  });

  it('overwrites nothing unless it is told to', async () => {
    const input = await fixture(version, 'groups.keras');
    await writeFile(path('there.h5'), 'mine');
    await mkdir(path('full'));
    await writeFile(path('full/note.txt'), 'mine');
    await writeFile(path('full/group1-shard1of9.bin'), 'old');
    for (const name of ['there.h5', 'full']) {
      const { code, stderr } = await convnet(['convert', input, path(name)]);
      expect(code).to.equal(exitCodes.usage);
      expect(stderr).to.equal(`convnet: '${path(name)}' exists; use --force to write over it\n`);
    }
    expect(await readFile(path('there.h5'), 'utf8')).to.equal('mine');
    expect(await readdir(path('full'))).to.have.length(2);

    await convert(input, path('there.h5'), '--force');
    await expectKeras(path('there.h5'), 'groups');
    await convert(input, path('full'), '--force');
    expect((await readdir(path('full'))).sort()).to.deep.equal(['group1-shard1of1.bin', 'model.json', 'note.txt']);
    await mkdir(path('empty'));
    await convert(input, path('empty'));
  });

  it('takes endings in capitals, and no URL', async () => {
    const input = await fixture(version, 'groups.keras');
    expect(await convert(input, path('GROUPS.Keras'))).to.include({ format: 'keras' });
    await expectKeras(path('GROUPS.Keras'), 'groups');
    for (const output of ['https://example.com/model', 'keras://model.keras', 'indexeddb://model']) {
      const { code, stderr } = await convnet(['convert', input, output]);
      expect(code).to.equal(exitCodes.usage);
      expect(stderr).to.equal(`convnet: the output must be a path; received '${output}'\n`);
    }
  });

  it('ends with a code for each kind of failure, and writes nothing', async () => {
    const cases: [input: string, output: string, code: number, message: string][] = [
      [path('none.keras'), 'x', exitCodes.unreadable, 'no such file'],
      [await fixture(version, 'unknown_layers.h5'), 'x', exitCodes.notLoadable, 'unknown layer class FirstUnknown (a)'],
      [await fixture(version, 'functional.weights.h5'), 'x', exitCodes.notLoadable, 'weights but no model'],
      [await fixture(version, 'groups.h5'), 'no/such/folder/x.h5', exitCodes.file, 'no such file or folder'],
    ];
    for (const [input, output, expected, message] of cases) {
      const { code, stdout, stderr } = await convnet(['convert', input, path(output)]);
      expect({ code, stdout }, stderr).to.deep.equal({ code: expected, stdout: '' });
      expect(stderr)
        .to.match(/^convnet: .+\n$/)
        .and.to.include(message);
      expect(await readdir(path('.'))).not.to.include('x');
    }
  });
});

/** The artifacts that tf.loadLayersModel would get from a server of the folder. */
async function artifactsOf(folder: string): Promise<tf.io.ModelArtifacts> {
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as tf.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const files = await Promise.all(manifest[0].paths.map((name) => readFile(join(folder, name))));
    const bytes = Uint8Array.from(Buffer.concat(files));
    return [manifest.flatMap(({ weights }) => weights), bytes.buffer];
  });
}
