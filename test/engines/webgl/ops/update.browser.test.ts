// FusedUpdate on WebGL2: every rule, in each form that a gradient may be in, beside the same rule composed of TensorFlow.js's
// kernels.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { inputsOf, measuresOf, resultsOf, ruleNames, scalarsOf } from '../../../../kernels/update.js';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import { composedUpdate, type Update, update } from '../../../../src/ops/update.js';
import { useBackend } from '../../../support/backends.js';

type Place = (backend: WebglBackend, tensor: tf.Tensor) => tf.Tensor;

function tiled(backend: WebglBackend, tensor: tf.Tensor): tf.Tensor {
  const layout = backend.tensors.layoutOf(dimsOf(tensor.shape));
  if (layout) backend.tensors.toTiled(tensor, layout);
  backend.texData.get(tensor.dataId).values = undefined as never;
  return tensor;
}

function unpacked(backend: WebglBackend, tensor: tf.Tensor): tf.Tensor {
  backend.uploadToGPU(tensor.dataId);
  return tensor;
}

/** A sum of two textures is packed. */
function packed(backend: WebglBackend, tensor: tf.Tensor): tf.Tensor {
  unpacked(backend, tensor);
  return tf.tidy(() => tf.add(tensor, unpacked(backend, tf.zerosLike(tensor))));
}

const slice: Place = (_, tensor) =>
  tf.tidy(() =>
    tf.slice(
      tf.concat([tensor, tensor]),
      tensor.shape.map((size, i) => (i === 0 ? size : 0)),
      tensor.shape,
    ),
  );

/** Shapes with the places of the gradient, and the draws that an update takes there; several: the composition. */
const cases: readonly (readonly [string, readonly number[], Place, number])[] = [
  ['vectors in tiles', [6], tiled, 1],
  ['matrices in tiles', [5, 7], tiled, 1],
  ['filters in textures', [3, 3, 5, 6], unpacked, 1],
  ['matrices in textures', [5, 7], unpacked, 1],
  ['matrices in packed textures', [5, 7], packed, 1],
  ['filters in packed textures', [3, 3, 5, 6], packed, 1],
  ['scalars', [], unpacked, 2],
  ['five dimensions', [2, 2, 3, 3, 2], unpacked, 2],
  ['slices', [4, 6], slice, 2],
];

const values = (name: string, length: number, seed: number) =>
  Float32Array.from(
    { length },
    (_, i) => (((i * 37 + seed * 13) % 101) + 1) / 60 - (name === 'w' || name === 'g' ? 0.8 : 0),
  );

function makeUpdate(rule: Update['rule'], shape: readonly number[], variant: number): Update {
  const length = tf.util.sizeFromShape([...shape]);
  const inputs = inputsOf({ rule }).map((name, i) => [name, tf.tensor(values(name, length, i), [...shape])] as const);
  const norm = (['none', 'own', 'all'] as const)[variant % 3];
  const squares = norm === 'none' ? [] : [['squares', tf.scalar(9)] as const];
  const measures = measuresOf({ rule }).map((name, i) => [name, tf.scalar(3 + i)] as const);
  const scalars = scalarsOf({ rule }).map((name, i) => [name, 0.3 + 0.05 * i] as const);
  return {
    ...{ rule, norm, isCut: variant % 2 === 1 },
    inputs: Object.fromEntries([...inputs, ...squares, ...measures]),
    // An epsilon so large that no variance is negative.
    scalars: { ...Object.fromEntries(scalars), epsilon: 20, limit: 0.1, minusLimit: -0.1, clipnorm: 0.25 },
  };
}

function expectClose(actual: Float32Array, wanted: Float32Array, title: string): void {
  expect(actual.length, title).to.equal(wanted.length);
  actual.forEach((value, i) => {
    expect(value, `${title}, value ${i}`).to.be.closeTo(wanted[i], 2e-5 * Math.max(1, Math.abs(wanted[i])));
  });
}

describe('FusedUpdate on convnet-webgl', () => {
  useBackend('convnet-webgl');

  for (const [title, shape, place, draws] of cases) {
    it(`${title}: every rule`, () => {
      const backend = tf.backend() as unknown as WebglBackend;
      for (const [variant, rule] of ruleNames.entries()) {
        const made = makeUpdate(rule, shape, variant);
        const wanted = composedUpdate(made.inputs, made);
        const expected = wanted.map((tensor) => tensor.dataSync<'float32'>());
        const g = place(backend, made.inputs.g);
        const inputs = { ...made.inputs, g };
        // The first updates test the programs and convert slots; afterwards everything is where it belongs.
        for (let i = 0; i < 2; i++) tf.dispose(update({ ...made, inputs }));
        let before = backend.counters.draws;
        const found = update({ ...made, inputs });
        const others = backend.counters.draws - before;
        if (draws === 1) expect(others, `${rule}: draws of ours`).to.equal(1);
        found.forEach((tensor, k) => {
          expectClose(tensor.dataSync<'float32'>(), expected[k], `${title}, ${rule}, ${resultsOf({ rule })[k]}`);
        });
        before = backend.counters.draws;
        tf.dispose([wanted, found, made.inputs, g]);
      }
    });
  }

  it('keeps what is around a tiled vector zero, so that a convolution may read it', () => {
    const backend = tf.backend() as unknown as WebglBackend;
    const made = makeUpdate('ftrl', [2, 5], 0); // 0 / 0 where there is nothing
    const inputs = { ...made.inputs, g: tiled(backend, made.inputs.g) };
    const [w, ...others] = update({ ...made, inputs, scalars: { ...made.scalars, l2: 0 } });
    const sum = tf.tidy(() => tf.sum(w, 1).dataSync<'float32'>());
    const values = w.dataSync<'float32'>();
    expect([...sum].every(Number.isFinite)).to.equal(true);
    expect(sum[0]).to.be.closeTo(
      values.slice(0, 5).reduce((a, b) => a + b),
      1e-5,
    );
    tf.dispose([w, others, made.inputs]);
  });

  it('NaN stays NaN', () => {
    const backend = tf.backend() as unknown as WebglBackend;
    for (const rule of ['sgd', 'lion', 'adam', 'amsgrad', 'adamax'] as const) {
      for (const isCut of [false, true]) {
        const made = makeUpdate(rule, [6], 0);
        const g = unpacked(backend, tf.tensor([Number.NaN, 1, 2, 1, Number.NaN, 3]));
        const found = update({ ...made, isCut, inputs: { ...made.inputs, g } });
        expect([...found[0].dataSync()].map(Number.isNaN)).to.deep.equal([true, false, false, false, true, false]);
        tf.dispose([found, made.inputs, g]);
      }
    }
  });

  it('its programs pass their tests', () => {
    const backend = tf.backend() as unknown as WebglBackend;
    for (const [variant, rule] of ruleNames.entries()) {
      const made = makeUpdate(rule, [5, 7], variant);
      const inputs = { ...made.inputs, g: tiled(backend, made.inputs.g) };
      tf.dispose([update({ ...made, inputs }), made.inputs]);
    }
    const own = backend.selfTest.report.filter(({ kind }) => kind.includes('elementwise/update'));
    expect(own.length).to.be.at.least(ruleNames.length);
    for (const { kind, passed, difference } of own) {
      expect(passed, kind).to.equal(true);
      expect(difference, kind).to.be.below(1e-5);
    }
  });
});
