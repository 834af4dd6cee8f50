// Operations as layers of models: saving and loading, unknown sizes, forms of older files, errors, gradients.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { useAllLayers } from '../../../src/layers/allLayers.js';
import { isKnownOp, isOp, OpLayer } from '../../../src/layers/ops/index.js';
import { tableBackends, useBackend, valuesOf } from '../../support/backends.js';

useAllLayers(); // also where this test runs alone

interface Definition {
  readonly className: string;
  readonly config?: Json;
  readonly args?: Json;
  readonly kwargs?: Json;
}

const x: Json = { __input__: 0 };
const slice = (start: number | null, stop: number | null, step: number | null = null): Json => {
  return { class_name: '__slice__', config: { start, stop, step } };
};

function op({ className, config = {}, args = [x], kwargs = {} }: Definition): OpLayer {
  const definition = { module: 'keras.src.ops.numpy', className, registeredName: className, config, args, kwargs };
  return new OpLayer({ definition });
}

function run(definition: Definition, ...inputs: tf.Tensor[]): tf.Tensor {
  return op(definition).apply(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor;
}

describe('operations of keras.ops: which objects are operations', () => {
  const known: readonly (readonly [string | null, string, object, boolean])[] = [
    ['keras.src.ops.numpy', 'Add', {}, true],
    ['keras.ops.nn', 'Relu', {}, true],
    ['keras.ops', 'Add', {}, true],
    ['keras.src.activations.activations', 'ReLU', {}, true],
    ['keras.layers', 'Add', {}, false],
    ['keras.src.layers.merging.add', 'Add', {}, false],
    [null, 'Add', { inbound_nodes: [{ args: [], kwargs: {} }] }, true],
    [null, 'Add', { config: { name: 'a', trainable: true }, inbound_nodes: [{ args: [], kwargs: {} }] }, false],
    [null, 'Add', { inbound_nodes: [[['a', 0, 0, {}]]] }, false],
  ];
  for (const [module, className, more, expected] of known) {
    it(`${module}.${className} ${JSON.stringify(more)}: ${expected}`, () => {
      const object = { module, class_name: className, config: { name: 'a' }, ...more };
      expect(isOp(object)).to.equal(expected);
      expect(isKnownOp(object)).to.equal(expected);
    });
  }

  it('knows that it does not know', () => {
    const object = { module: 'keras.src.ops.numpy', class_name: 'Nothing', config: {} };
    expect(isOp(object)).to.equal(true);
    expect(isKnownOp(object)).to.equal(false);
    expect(isKnownOp({ ...object, class_name: 'constructor' })).to.equal(false);
  });
});

for (const backend of tableBackends) {
  describe(`operations of keras.ops, ${backend}`, () => {
    useBackend(backend);

    it('are those of older versions too', () => {
      const values = (definition: Definition, input: () => tf.Tensor) =>
        Array.from(valuesOf(() => run(definition, input()))[0]);
      const a = () => tf.tensor2d([[1, 2, -3]]);
      const seven = () => tf.scalar(7);
      expect(values({ className: 'Sum', args: [x, 1] }, a)).to.deep.equal([0]);
      expect(values({ className: 'Abs' }, a)).to.deep.equal([1, 2, 3]);
      expect(values({ className: 'Full', args: [[2, 2], x, 'float32'] }, seven)).to.deep.equal([7, 7, 7, 7]);
      expect(values({ className: 'Full', config: { shape: [3], dtype: null } }, seven)).to.deep.equal([7, 7, 7]);
      const threshold = { className: 'Threshold', config: { threshold_value: 1.5, value: 9 } };
      expect(values(threshold, a)).to.deep.equal([9, 2, 9]);
      expect(values({ className: 'ZerosLike', kwargs: { dtype: null } }, a)).to.deep.equal([0, 0, 0]);
      expect(values({ className: 'Array' }, a)).to.deep.equal([1, 2, -3]);
      const hot = { className: 'MultiHot', config: { num_tokens: 5 } };
      expect(values(hot, () => tf.tensor1d([4, 0], 'int32'))).to.deep.equal([1, 0, 0, 0, 1]);
      expect(values({ className: 'Arccosh' }, () => tf.tensor1d([1]))).to.deep.equal([0]);
      const [mish] = values({ className: 'Mish' }, () => tf.scalar(1));
      expect(mish).to.be.closeTo(0.865098, 1e-6);
    });

    it('count as many values as there are', () => {
      const count = 300_000; // more than a function takes as arguments
      const [counts, edges] = valuesOf(() => {
        const values = tf.tensor1d(Float32Array.from({ length: count }, (_, i) => i % 8));
        return op({ className: 'Histogram', config: { bins: 7, range: null } }).apply(values) as tf.Tensor[];
      });
      expect(Array.from(counts)).to.deep.equal([1, 1, 1, 1, 1, 1, 2].map((share) => (share * count) / 8));
      expect(Array.from(edges)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('keep infinities when they are saved', () => {
      const layer = op({ className: 'Maximum', args: [x, Number.NEGATIVE_INFINITY] });
      const saved = JSON.parse(JSON.stringify(layer.getConfig()));
      const [values] = valuesOf(() => new OpLayer(saved).apply(tf.tensor1d([-5, 5])) as tf.Tensor);
      expect([...values]).to.deep.equal([-5, 5]);
    });

    it('live in models that TensorFlow.js saves and loads', async () => {
      tf.serialization.registerClass(OpLayer as never);
      const input = tf.input({ shape: [4, 6] });
      const half = op({ className: 'GetItem', args: [x, [slice(null, null), slice(1, 3)]] }).apply(input);
      const parts = op({ className: 'Split', config: { indices_or_sections: 2, axis: -1 } }).apply(half);
      const [left, right] = parts as tf.SymbolicTensor[];
      const einsum = { subscripts: 'bij,bkj->b_ik'.replace('_', '') };
      const product = op({ className: 'Einsum', config: einsum, args: [x, { __input__: 1 }] }).apply([left, right]);
      const model = tf.model({ inputs: input, outputs: product as tf.SymbolicTensor });
      expect(model.outputs[0].shape).to.deep.equal([null, 2, 2]);
      const data = tf.tensor3d(
        Array.from({ length: 48 }, (_, i) => (i % 7) - 3),
        [2, 4, 6],
      );
      let saved: tf.io.ModelArtifacts | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = JSON.parse(JSON.stringify(artifacts));
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        }),
      );
      const loaded = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: saved?.modelTopology }));
      const [before, after] = [model, loaded].map((m) => valuesOf(() => m.predict(data) as tf.Tensor)[0]);
      expect([...after]).to.deep.equal([...before]);
      tf.dispose([data]);
      model.dispose();
      loaded.dispose();
    });

    it('give unknown sizes for unknown sizes', () => {
      const shapeOf = (definition: Definition, ...shapes: (number | null)[][]) =>
        op(definition).computeOutputShape(shapes.length === 1 ? shapes[0] : shapes);
      const take = (start: number | null, stop: number | null) => [x, [slice(null, null), slice(start, stop)]];
      expect(shapeOf({ className: 'Add', args: [x, 1] }, [null, null, 3])).to.deep.equal([null, null, 3]);
      const both = { className: 'Add', args: [x, { __input__: 1 }] };
      expect(shapeOf(both, [null, null, 3], [null, 1, 3])).to.deep.equal([null, null, 3]);
      expect(shapeOf(both, [null, 5, 1], [null, null, 3])).to.deep.equal([null, 5, 3]);
      expect(shapeOf({ className: 'Reshape', config: { newshape: [-1, 16] } }, [null, null, 4])).to.deep.equal([
        null,
        16,
      ]);
      expect(shapeOf({ className: 'Reshape', config: { newshape: [null, null, 2, 2] } }, [null, 7, 4])).to.deep.equal([
        null,
        7,
        2,
        2,
      ]);
      expect(shapeOf({ className: 'GetItem', args: take(10, null) }, [null, null, 4])).to.deep.equal([null, null, 4]);
      expect(shapeOf({ className: 'GetItem', args: take(100, null) }, [null, null, 4])).to.deep.equal([null, null, 4]);
      const pool = { className: 'MaxPool', config: { pool_size: 5 } };
      expect(shapeOf(pool, [null, null, null, 3])).to.deep.equal([null, null, null, 3]);
      expect(shapeOf({ className: 'BroadcastTo', config: { shape: [4, 3] } }, [null, 1])).to.deep.equal([4, 3]);
    });

    it('pool by the size of the window where no strides are given', () => {
      const image = tf.ones([1, 4, 4, 1]);
      const pooled = (strides: Json) => run({ className: 'MaxPool', config: { pool_size: 2, strides } }, image);
      tf.tidy(() => {
        expect(pooled(null).shape).to.deep.equal(pooled(2).shape);
      });
      image.dispose();
    });

    it('follow the dtypes of Keras', () => {
      tf.tidy(() => {
        const [i, f, b] = [tf.scalar(3, 'int32'), tf.scalar(2.5), tf.scalar(true)];
        const two = (className: string, ...inputs: tf.Tensor[]) =>
          run({ className, args: [x, { __input__: 1 }] }, ...inputs).dtype;
        expect(two('Add', i, f)).to.equal('float32');
        expect(two('Add', i, b)).to.equal('int32');
        expect(two('Add', b, b)).to.equal('bool');
        expect(two('TrueDivide', i, i)).to.equal('float32');
        expect(two('Greater', i, f)).to.equal('bool');
        expect(run({ className: 'Sqrt' }, i).dtype).to.equal('float32');
      });
    });

    const gradients: readonly Definition[] = [
      { className: 'GetItem', args: [x, [slice(null, null), slice(null, null, -2)]] },
      {
        className: 'Pad',
        config: {
          pad_width: [
            [0, 0],
            [2, 1],
          ],
          mode: 'reflect',
        },
      },
      { className: 'Einsum', config: { subscripts: 'ij,kj->ik' }, args: [x, x] },
      { className: 'Roll', config: { shift: 1, axis: 1 } },
      { className: 'Repeat', config: { repeats: 2, axis: 1 } },
      { className: 'Take', config: { axis: 1 }, args: [x, [1, 1, -1]] },
      { className: 'Std', config: { axis: 1 } },
      { className: 'Normalize', config: { axis: 1 } },
      { className: 'LayerNorm', config: { axis: -1 } },
    ];
    for (const definition of gradients) {
      it(`has the gradient of ${definition.className}`, () => {
        const data = [0.3, -1.2, 0.7, 2.1, -0.4, 1.6];
        const layer = op(definition);
        const loss = (t: tf.Tensor) => {
          const y = layer.call(t) as tf.Tensor;
          return y.mul(tf.range(1, y.size + 1).reshape(y.shape)).sum() as tf.Scalar;
        };
        const at = (values: number[]) => valuesOf(() => loss(tf.tensor2d(values, [2, 3])))[0][0];
        const [found] = valuesOf(() => tf.grad(loss)(tf.tensor2d(data, [2, 3])));
        data.forEach((_, i) => {
          const moved = (by: number) => at(data.map((v, j) => (i === j ? v + by : v)));
          expect(found[i], `entry ${i}`).to.be.closeTo((moved(1 / 64) - moved(-1 / 64)) / (1 / 32), 0.02);
        });
      });
    }

    const wrong: readonly (readonly [string, Definition, number[], RegExp])[] = [
      [
        'an index out of bounds',
        { className: 'GetItem', args: [x, [0, 9]] },
        [2, 3],
        /out-of-bounds.*index 9 for axis 1/,
      ],
      [
        'a split that does not divide',
        { className: 'Split', config: { indices_or_sections: 2, axis: 1 } },
        [2, 3],
        /indices_or_sections=2/,
      ],
      ['an axis that there is not', { className: 'Sum', config: { axis: 4 } }, [2, 3], /axis is out of bounds.*axis=4/],
      [
        'a matrix that does not fit',
        { className: 'Einsum', config: { subscripts: 'ij,jk->ik' }, args: [x, x] },
        [2, 3],
        /axis 'j'/,
      ],
      ['a mode of padding', { className: 'Pad', config: { pad_width: 1, mode: 'maximum' } }, [2, 3], /mode='maximum'/],
      ['a tensor that is not there', { className: 'Add', args: [x, { __input__: 1 }] }, [2, 3], /input 1 is missing/],
      [
        'an argument of the wrong kind',
        { className: 'Clip', config: { x_min: 'a', x_max: 1 } },
        [2, 3],
        /a tensor or a number/,
      ],
      [
        'a kernel for other channels',
        {
          className: 'Conv',
          args: [x, { class_name: '__numpy__', config: { value: [[[[1], [1]]]], dtype: 'float32' } }],
        },
        [1, 4, 4, 3],
        /kernel shape=/,
      ],
      ['complex dtypes', { className: 'Cast', config: { dtype: 'complex64' } }, [2, 3], /dtype='complex64'/],
    ];
    for (const [what, definition, shape, message] of wrong) {
      it(`refuses ${what}`, () => {
        const data = tf.ones(shape);
        const { numTensors } = tf.memory();
        expect(() => run(definition, data)).to.throw(message);
        expect(() => op(definition).computeOutputShape(shape)).to.throw(message);
        expect(tf.memory().numTensors).to.equal(numTensors);
        data.dispose();
      });
    }

    it('the absolute values of booleans are booleans', () => {
      const data = tf.tensor1d([true, false], 'bool');
      for (const className of ['Absolute', 'Abs']) {
        const found = run({ className }, data);
        expect([found.dtype, ...found.dataSync()]).to.deep.equal(['bool', 1, 0]);
        found.dispose();
      }
      data.dispose();
    });

    it('refuses operations that it does not have', () => {
      expect(() => op({ className: 'Nothing' })).to.throw(/Unknown operation: 'keras.src.ops.numpy.Nothing'/);
      expect(() => new OpLayer({ definition: { name: '{' } })).to.throw(/must be JSON/);
    });
  });
}
