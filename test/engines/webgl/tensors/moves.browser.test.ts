// Data that move between the tiled layout and other backends; variables; scopes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  draw,
  expectSame,
  inTiles,
  isOnlyTiled,
  throughTiles,
  useTiles,
  valuesIn,
  webgl,
} from '../../../support/webgl/opTable/operands.js';
import { expectValues, shape, states, values } from '../../../support/webgl/opTable/states.js';

const name = 'convnet-webgl';

describe('WebGL2 tiled layout: data on the move', () => {
  useTiles(name);

  for (const [state, bring] of Object.entries(states)) {
    it(`to another backend and back: data ${state}`, async () => {
      const x = inTiles(values, shape);
      bring(x);
      for (let i = 0; i < 2; i++) {
        await tf.setBackend('cpu');
        const negative = tf.neg(x);
        expectSame(
          'on cpu',
          negative.dataSync(),
          values.map((value) => -value),
        );
        negative.dispose();
        await tf.setBackend(name);
        expectValues(`back ${i}`, x);
      }
      x.dispose();
    });
  }

  it('by moveData()', () => {
    const { usedCount } = webgl().tensors.textures;
    const x = inTiles(values, shape);
    tf.engine().moveData(tf.findBackend('cpu'), x.dataId);
    expect(webgl().tensors.textures.usedCount).to.equal(usedCount);
    expectSame('on cpu', x.dataSync(), values);
    tf.engine().moveData(webgl(), x.dataId);
    expectValues('back', x);
    x.dispose();
  });

  it('a tensor of another backend is convolved here', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor4d(values, [...shape]);
    await tf.setBackend(name);
    expectValues('x', x);
    x.dispose();
  });

  it('images of one pixel that TensorFlow.js has packed become tiles, and the self-test finds no fault', () => {
    const values = valuesIn([40, 1, 1, 30], 1); // smaller ones are computed on the CPU
    const x = tf.tensor4d(values, [40, 1, 1, 30]);
    const packed = tf.tidy(() => tf.atan2(x, x.abs()));
    webgl().tile(packed);
    const right = values.map((value) => Math.atan2(value, Math.abs(value)));
    expectSame('moved', packed.dataSync() as Float32Array, right, 1e-4);
    tf.dispose([x, packed]);
    const tested = webgl().selfTest.report.filter(({ kind }) => /toTiles.*"columns":1},"packed":true/.test(kind));
    expect(tested.map(({ passed, reason }) => ({ passed, reason }))).to.deep.equal([
      { passed: true, reason: undefined },
    ]);
  });

  it('integers and booleans that were cast', () => {
    const whole = Int32Array.from(values, (value) => Math.round(value * 9));
    const truth = Uint8Array.from(whole, (value) => Number(value > 0));
    for (const make of [() => tf.tensor(whole, [...shape], 'int32'), () => tf.tensor(truth, [...shape], 'bool')]) {
      const [copy, again, expected] = tf.tidy(() => {
        const x = make();
        const y = tf.cast(x, 'float32');
        const onGpu = tf.cast(tf.reverse(tf.reverse(x, 2), 2), 'float32');
        return [throughTiles(y), throughTiles(onGpu), x];
      });
      expectSame('from the CPU', copy.dataSync(), expected.dataSync());
      expectSame('from a texture', again.dataSync(), expected.dataSync());
      tf.dispose([copy, again, expected]);
    }
  });

  it('variables: as filters, assigned anew, with data in the tiled layout', () => {
    const x = inTiles(values, shape);
    const filter = tf.tidy(() => tf.variable(inTiles(valuesIn([6], 4), [1, 1, 6, 1]))) as tf.Variable<tf.Rank.R4>;
    const counts = [11, 12, 13].map((seed) => {
      const scale = valuesIn([6], seed);
      tf.tidy(() => filter.assign(inTiles(scale, [1, 1, 6, 1]) as tf.Tensor4D));
      const y = tf.tidy(() => tf.depthwiseConv2d(x as tf.Tensor4D, filter, 1, 'same').dataSync());
      const expected = values.map((value, at) => value * scale[at % 6]);
      expectSame(`assignment of ${seed}`, y, expected, 1e-6);
      return webgl().tensors.textures.usedCount;
    });
    expect(new Set(counts).size, 'matrices of former values are gone').to.equal(1);
    tf.dispose([x, filter]);
  });

  it('tidy() keeps what is kept and returned, and no more', () => {
    const { usedCount } = webgl().tensors.textures;
    let kept: tf.Tensor | undefined;
    const returned = tf.tidy(() => {
      const x = inTiles(values, shape);
      kept = tf.keep(throughTiles(x));
      throughTiles(kept);
      return throughTiles(x);
    });
    expect(isOnlyTiled(returned)).to.equal(true);
    for (const tensor of [returned, kept as tf.Tensor]) draw(tensor);
    expect(webgl().tensors.textures.usedCount).to.equal(usedCount + 2);
    expectSame('returned', returned.dataSync(), values);
    expectSame('kept', (kept as tf.Tensor).dataSync(), values);
    tf.dispose([returned, kept as tf.Tensor]);
  });
});
