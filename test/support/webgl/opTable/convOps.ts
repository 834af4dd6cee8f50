// Convolutions, pools, normalisation, recurrent cells, gradients, and functions that take tensors but compute nothing.

import * as tf from '@tensorflow/tfjs';
import { type OpTable, type Run, shapes } from './opTable.js';

const [images, image, vectors] = shapes;
const quiet = <T>(f: () => T): [T, string] => {
  const written: string[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => void written.push(args.map(String).join(' '));
  try {
    return [f(), written.join('\n')];
  } finally {
    console.log = log;
  }
};

type Normalize<T extends tf.Tensor> = (
  x: T,
  ...vectors: [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
) => tf.Tensor;

const normalized = <T extends tf.Tensor>(f: Normalize<T>, shape: readonly number[]): Run => {
  const c = [shape[shape.length - 1]];
  return (x) => f(x(shape), x(c), x(c, 0.5, 2), x(c), x(c));
};

export const convOps: OpTable = {
  avgPool: (x) => [tf.avgPool(x<tf.Tensor4D>(images), 2, 2, 'same'), tf.avgPool(x<tf.Tensor3D>(image), 3, 1, 'valid')],
  avgPool3d: (x) => tf.avgPool3d(x<tf.Tensor5D>([1, 4, 3, 5, 3]), 2, 1, 'same'),
  conv1d: (x) => [
    tf.conv1d(x<tf.Tensor3D>(image), x([3, 3, 4]), 2, 'same'),
    tf.conv1d(x<tf.Tensor2D>([9, 6]), x([2, 6, 3]), 1, 'valid'),
  ],
  conv2d: (x) => [
    tf.conv2d(x<tf.Tensor4D>(images), x([3, 3, 6, 5]), 1, 'same'),
    tf.conv2d(x<tf.Tensor3D>(image), x([2, 3, 3, 4]), 2, 'valid'),
    tf.conv2d(x<tf.Tensor4D>([2, 6, 3, 5]), x([2, 2, 6, 3]), 1, 'same', 'NCHW'),
  ],
  conv2dTranspose: (x) => tf.conv2dTranspose(x<tf.Tensor4D>(images), x([3, 3, 4, 6]), [2, 6, 10, 4], 2, 'same'),
  conv3d: (x) => tf.conv3d(x<tf.Tensor5D>([1, 4, 3, 5, 3]), x([2, 2, 2, 3, 4]), 1, 'same'),
  conv3dTranspose: (x) => {
    return tf.conv3dTranspose(x<tf.Tensor5D>([1, 2, 3, 2, 3]), x([2, 2, 2, 4, 3]), [1, 4, 6, 4, 4], 2, 'same');
  },
  depthwiseConv2d: (x) => [
    tf.depthwiseConv2d(x<tf.Tensor4D>(images), x([3, 3, 6, 1]), 1, 'same'),
    tf.depthwiseConv2d(x<tf.Tensor3D>(image), x([2, 2, 3, 2]), 1, 'valid'),
  ],
  dilation2d: (x) => tf.dilation2d(x<tf.Tensor4D>(images), x([2, 2, 6]), 1, 'same'),
  localResponseNormalization: (x) => tf.localResponseNormalization(x<tf.Tensor4D>(images), 2),
  maxPool: (x) => [tf.maxPool(x<tf.Tensor4D>(images), 2, 2, 'same'), tf.maxPool(x<tf.Tensor3D>(image), 3, 1, 'valid')],
  maxPool3d: (x) => tf.maxPool3d(x<tf.Tensor5D>([1, 4, 3, 5, 3]), 2, 1, 'same'),
  maxPoolWithArgmax: (x) => Object.values(tf.maxPoolWithArgmax(x<tf.Tensor4D>(images), 2, 2, 'valid')),
  pool: (x) => [
    tf.pool(x<tf.Tensor4D>(images), 2, 'avg', 'valid', 2),
    tf.pool(x<tf.Tensor3D>(image), 3, 'max', 'same', 1, 2),
  ],
  separableConv2d: (x) => tf.separableConv2d(x<tf.Tensor4D>(images), x([3, 3, 6, 2]), x([1, 1, 12, 5]), 1, 'same'),
  'fused.conv2d': (x) => {
    const operands = { x: x<tf.Tensor4D>(images), filter: x<tf.Tensor4D>([3, 3, 6, 5]), bias: x([5]) };
    return (['relu', 'elu', 'sigmoid'] as const).map((activation) => {
      return tf.fused.conv2d({ ...operands, activation, strides: 1, pad: 'same' });
    });
  },
  'fused.depthwiseConv2d': (x) => {
    const operands = { x: x<tf.Tensor4D>(images), filter: x<tf.Tensor4D>([3, 3, 6, 1]), bias: x([6]) };
    return tf.fused.depthwiseConv2d({ ...operands, activation: 'relu6', strides: 2, pad: 'same' });
  },
  batchNorm: normalized(tf.batchNorm, images),
  batchNorm2d: normalized<tf.Tensor2D>(tf.batchNorm2d, vectors),
  batchNorm3d: normalized<tf.Tensor3D>(tf.batchNorm3d, image),
  batchNorm4d: normalized<tf.Tensor4D>(tf.batchNorm4d, images),
  basicLSTMCell: (x) => {
    const state = () => x<tf.Tensor2D>([3, 4]);
    return tf.basicLSTMCell(x([]), x([14, 16]), x([16]), x(vectors), state(), state());
  },
  multiRNNCell: (x) => {
    const state = () => x<tf.Tensor2D>([3, 4]);
    const [forget, kernel, bias] = [x<tf.Scalar>([]), x<tf.Tensor2D>([14, 16]), x<tf.Tensor1D>([16])];
    const cell = (data: tf.Tensor2D, c: tf.Tensor2D, h: tf.Tensor2D) => {
      return tf.basicLSTMCell(forget, kernel, bias, data, c, h);
    };
    return tf.multiRNNCell([cell], x(vectors), [state()], [state()]).flat();
  },
  movingAverage: (x) => {
    const average = tf.variable(x(images));
    tf.movingAverage(average, x(images), 0.9, 1).dispose();
    return read(average);
  },
};

/** The values of a variable, which goes. */
function read(variable: tf.Variable): ArrayLike<number> {
  const values = variable.dataSync();
  variable.dispose();
  return values;
}

export const gradientOps: OpTable = {
  customGrad: (x) => {
    const f = tf.customGrad((a, save) => {
      (save as tf.GradSaveFunc)([a as tf.Tensor]);
      return { value: tf.square(a as tf.Tensor), gradFunc: (dy, [saved]) => tf.mul(dy, saved) };
    });
    return tf.grad((a) => f(a))(x(images), x(images));
  },
  grad: (x) => shapes.map((shape) => tf.grad((a) => tf.mul(a, tf.sigmoid(a)))(x(shape), x(shape))),
  grads: (x) =>
    tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'))([x(images), x([3, 3, 6, 5])]),
  valueAndGrad: (x) => Object.values(tf.valueAndGrad((a) => tf.mul(a, a))(x(image), x(image))),
  valueAndGrads: (x) => {
    const { value, grads } = tf.valueAndGrads((a, b) => tf.mul(a, b))([x(image), x(image)], x(image));
    return [value, ...grads];
  },
  variableGrads: (x) => {
    const variable = tf.variable(x(images));
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(variable)), [variable]);
    variable.dispose();
    return [value, ...Object.values(grads)];
  },
};

export const tensorOps: OpTable = {
  variable: (x) => shapes.map((shape) => read(tf.variable(x(shape)))),
  keep: (x) => {
    const kept = tf.tidy(() => tf.keep(x(images)));
    const values = kept.dataSync();
    kept.dispose();
    return values;
  },
  tidy: (x) =>
    tf.tidy(() =>
      tf.mul(
        tf.tidy(() => x(images)),
        2,
      ),
    ),
  print: (x) => shapes.map((shape) => quiet(() => tf.print(x(shape), true))[1].replace(/dataId.*/, '')),
  profile: async (x) => {
    const operand = x(images); // made here, because without timers profile() reads all tensors that it sees made
    let y: tf.Tensor | undefined;
    await tf.profile(() => {
      y = tf.mul(operand, 2);
      return y;
    });
    return y as tf.Tensor;
  },
  time: async (x) => {
    const operand = x(images);
    let y: tf.Tensor | undefined;
    await tf.time(() => {
      y = tf.mul(operand, 2);
    });
    return y as tf.Tensor;
  },
  multinomial: (x) => {
    const logits = tf.mul(tf.oneHot(tf.argMax(x(vectors), 1), 10), 1000); // nothing is left to chance
    return tf.multinomial(logits as tf.Tensor2D, 5, 1);
  },
  'browser.toPixels': async (x) => [
    await tf.browser.toPixels(x<tf.Tensor3D>(image, 0, 1)),
    await tf.browser.toPixels(x<tf.Tensor2D>(vectors, 0, 1)),
  ],
  'browser.draw': (x) => {
    const canvas = document.createElement('canvas');
    tf.browser.draw(x<tf.Tensor3D>(image, 0, 1), canvas, { contextOptions: { contextType: '2d' } });
    return (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, 7, 5).data;
  },
  'io.encodeWeights': async (x) => new Float32Array((await tf.io.encodeWeights({ w: x(images) })).data),
  'sparse.sparseFillEmptyRows': (x) => {
    const indices = tf.tensor2d([0, 0, 2, 1], [2, 2], 'int32');
    return Object.values(tf.sparse.sparseFillEmptyRows(indices, x([2]), tf.tensor1d([4, 2], 'int32'), x([])));
  },
  'sparse.sparseSegmentMean': (x) => tf.sparse.sparseSegmentMean(x(images), ...segments()),
  'sparse.sparseSegmentSum': (x) => tf.sparse.sparseSegmentSum(x(images), ...segments()),
  'tensor_util.makeTypesMatch': (x) => tf.tensor_util.makeTypesMatch(tf.tensor1d([1, 2], 'int32'), x([2])),
};

function segments(): [tf.Tensor1D, tf.Tensor1D] {
  return [tf.tensor1d([1, 0, 1], 'int32'), tf.tensor1d([0, 0, 1], 'int32')];
}

/** Methods of tensors; those that are functions of tf too are in the other tables. */
export const methods: OpTable = {
  'Tensor.array': async (x) => (await Promise.all(shapes.map(async (shape) => x(shape).array()))).flat(9) as number[],
  'Tensor.arraySync': (x) => shapes.flatMap((shape) => (x(shape).arraySync() as number[]).flat(9)),
  'Tensor.buffer': async (x) => (await x(images).buffer()).values,
  'Tensor.bufferSync': (x) => x(images).bufferSync().values,
  'Tensor.bytes': async (x) => new Float32Array(((await x(images).bytes()) as Uint8Array).slice().buffer),
  'Tensor.data': async (x) => await Promise.all(shapes.map((shape) => x(shape).data())),
  'Tensor.dataSync': (x) => shapes.map((shape) => x(shape).dataSync()),
  'Tensor.dataToGPU': (x) => shapes.map((shape) => texelsOf(x(shape))),
  'Tensor.toString': (x) => shapes.map((shape) => x(shape).toString()),
  'Tensor.variable': (x) => read(x(images).variable()),
  'Tensor.asScalar': (x) => x([1, 1, 1, 1]).asScalar(),
  'Tensor.as1D': (x) => x(images).as1D(),
  'Tensor.as2D': (x) => x(images).as2D(10, 18),
  'Tensor.as3D': (x) => x(images).as3D(6, 10, 3),
  'Tensor.as4D': (x) => x(vectors).as4D(1, 3, 2, 5),
  'Tensor.as5D': (x) => x(images).as5D(2, 3, 5, 2, 3),
  'Tensor.asType': (x) => x(images).asType('int32'),
  'Tensor.flatten': (x) => x(image).flatten(),
  'Tensor.reshapeAs': (x) => x(images).reshapeAs(x([6, 10, 3])),
  'Tensor.resizeBilinear': (x) => x<tf.Tensor4D>(images).resizeBilinear([4, 4]),
  'Tensor.resizeNearestNeighbor': (x) => x<tf.Tensor4D>(images).resizeNearestNeighbor([4, 4]),
  'Tensor.toBool': (x) => x(images).toBool(),
  'Tensor.toFloat': (x) => x(images).toFloat(),
  'Tensor.toInt': (x) => x(images).toInt(),
};

/** The texture of dataToGPU(), read back; a backend without textures gives the values themselves. */
function texelsOf(x: tf.Tensor): ArrayLike<number> {
  const backend = tf.backend() as tf.MathBackendWebGL;
  if (tf.getBackend() === 'cpu') return x.dataSync();
  const { texture, texShape, tensorRef } = x.dataToGPU();
  const [height, width] = texShape as [number, number];
  const texels = backend.gpgpu.downloadMatrixFromPackedTexture(texture as WebGLTexture, height, width);
  tensorRef.dispose();
  return texels.subarray(0, x.size);
}
