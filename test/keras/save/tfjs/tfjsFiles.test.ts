// The files of TensorFlow.js, made in memory: every fixture is converted and loaded again; the error of quantized
// weights.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { quantize } from '../../../../src/keras/save/tfjs/quantize.js';
import { makeTfjsFiles } from '../../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel } from '../../../../src/keras.js';
import { installKerasLayers } from '../../../../src/layers.js';
import { isBrowser, useBackend } from '../../../support/backends.js';
import { factsOf, fixtureFile, fixtures, forgottenOutputs } from '../../../support/keras/fixtureFiles.js';
import { expectPredictions } from '../../../support/keras/predictions.js';
import { randomValues } from '../../../support/randomCases.js';

const quiet = { onWarning: () => {} };

describe('makeTfjsFiles', () => {
  useBackend('convnet-cpu');
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const official = { ...classNameMap };
  before(() => installKerasLayers());
  after(() => {
    for (const name of Object.keys(classNameMap)) delete classNameMap[name];
    Object.assign(classNameMap, official);
  });
  const models = fixtures.filter(({ version, name, kind, files }) => {
    return (
      version === (isBrowser ? '3.12.4' : '3.15.1') &&
      ['model', 'matrix'].includes(kind) &&
      'keras' in files &&
      name !== 'infinite'
    );
  });

  for (const { version, name, files } of models) {
    it(`${name} survives`, async () => {
      const model = await loadKerasModel(await fixtureFile(version, files.keras as string), quiet);
      const written = await makeTfjsFiles(model, { shardBytes: 1000 });
      model.dispose();
      const loaded = await loadKerasModel(written.files, quiet);
      expectPredictions(loaded, await factsOf({ version, name }), { except: forgottenOutputs(version, name) });
      loaded.dispose();
    });
  }

  it('writes infinity, which JSON has no word for, and refuses NaN', async () => {
    const layer = (max: number) => tf.sequential({ layers: [tf.layers.reLU({ maxValue: max, inputShape: [2] })] });
    const infinite = layer(Number.POSITIVE_INFINITY);
    const { files } = await makeTfjsFiles(infinite);
    const json = JSON.parse(new TextDecoder().decode(files[files.length - 1].bytes));
    expect(json.modelTopology.config.layers[0].config.max_value).to.equal(Number.POSITIVE_INFINITY);
    const failure = await makeTfjsFiles(layer(Number.NaN)).catch((error: Error) => error.message);
    expect(failure).to.equal('convert: a tfjs model.json cannot hold NaN; received max_value=NaN');
  });

  it('stops when it is told to', async () => {
    const model = await loadKerasModel(await fixtureFile('3.15.1', 'groups.keras'));
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = (fraction: number) => {
      seen.push(fraction);
      stop.abort(new Error('enough'));
    };
    const failure = await makeTfjsFiles(model, { onProgress, signal: stop.signal }).catch(
      (error: Error) => error.message,
    );
    expect(failure).to.equal('enough');
    expect(seen).to.have.length(1);
    model.dispose();
  });
});

describe('quantize', () => {
  const cases: [name: string, values: Float32Array][] = [
    ['around zero', Float32Array.from(randomValues(999, 1))],
    ['positive', Float32Array.from(randomValues(999, 2), (value) => 5 + value)],
    ['negative', Float32Array.from(randomValues(999, 3), (value) => value - 5)],
    ['from zero', Float32Array.from(randomValues(999, 4), (value) => value ** 2)],
    ['one value', new Float32Array(7).fill(0.3)],
    ['zeros', new Float32Array(7)],
    ['none', new Float32Array(0)],
  ];
  for (const [name, values] of cases) {
    for (const type of ['uint8', 'uint16'] as const) {
      it(`${type}, ${name}: within half a step, and zero stays zero`, () => {
        const result = quantize(values, type);
        if ('problem' in result) throw new Error(result.problem);
        const { quantization: q, bytes } = result;
        if (q.dtype === 'float16') throw new Error('the wrong type');
        const stored = type === 'uint8' ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
        const read = Array.from(stored, (each) => each * q.scale + q.min);
        // Rounding `min` to a multiple of the step adds half a step of error at both limits.
        const allowed = (values.length > 7 ? 1.001 * q.scale : 0) + 1e-7;
        for (const [i, value] of read.entries()) expect(Math.abs(value - values[i])).to.be.at.most(allowed);
        const mean = read.reduce((sum, value, i) => sum + Math.abs(value - values[i]), 0) / Math.max(1, read.length);
        expect(mean).to.be.at.most(0.3 * q.scale);
        for (const [i, value] of values.entries()) if (value === 0) expect(read[i]).to.be.closeTo(0, 1e-12);
      });
    }
  }

  it('leaves alone what a type cannot hold', () => {
    const problemOf = (values: number[], type: 'float16' | 'uint8') => {
      const result = quantize(Float32Array.from(values), type);
      return 'problem' in result ? result.problem : undefined;
    };
    expect(problemOf([1, Number.NaN], 'uint8')).to.equal('it holds NaN or infinity');
    expect(problemOf([1, Number.NEGATIVE_INFINITY, 2], 'float16')).to.equal('it holds NaN or infinity');
    expect(problemOf([1, -70000], 'float16')).to.equal('float16 ends at 65504, and it holds 70000');
    expect(problemOf([1, -70000], 'uint8')).to.equal(undefined);
  });
});
