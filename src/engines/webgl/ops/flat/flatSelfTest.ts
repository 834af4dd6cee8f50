// The self-tests of kernels on small tensors: a call with more axes and sizes than one texel has, beside the official `cpu`
// kernel.

import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { compare, toleranceOf, worstOf } from '../../../../core/verdict.js';
import type { CallAttrs } from '../../../../tfjs/kernelCall.js';
import { attrsOf, expectedOf, inputsOf } from '../../../../tfjs/referenceCall.js';
import type { WebglBackend } from '../../backend.js';
import { uploadValues } from '../../capture/inputs.js';
import type { Test } from '../../testKinds.js';
import type { FlatArgs, FlatFunc } from './flatFunc.js';
import { readListLater } from './lists.js';

interface Problem {
  /** Shapes by the names of the operands, or in their order. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Default: none. */
  readonly attrs?: CallAttrs;
  /** Default: float32. */
  readonly dtype?: DataType;
  /** The values of operands that are no numbers to compute with. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
}

const pairs: Problem = { shapes: { a: [3, 1, 5, 2], b: [4, 1, 2] } };
const image = [3, 5, 4];

const problems: Readonly<Record<string, Problem>> = {
  FloorDiv: { ...pairs, dtype: 'int32' },
  Mod: { ...pairs, dtype: 'int32' },
  LogicalAnd: { ...pairs, dtype: 'bool' },
  LogicalOr: { ...pairs, dtype: 'bool' },
  Slice: { shapes: { x: image }, attrs: { begin: [1, 1, 1], size: [2, 3, 2] } },
  StridedSlice: {
    shapes: { x: image },
    attrs: {
      ...{ begin: [0, 4, 1], end: [3, 0, 4], strides: [2, -1, 2] },
      ...{ beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 },
    },
  },
  Transpose: { shapes: { x: image }, attrs: { perm: [2, 0, 1] } },
  Tile: { shapes: { x: [3, 2] }, attrs: { reps: [2, 3] } },
  Reverse: { shapes: { x: image }, attrs: { dims: [1, 2] } },
  Unpack: { shapes: { value: image }, attrs: { axis: 2 } },
  Concat: { shapes: { 0: [3, 2, 2], 1: [3, 1, 2], 2: [3, 4, 2], 3: [3, 3, 2], 4: [3, 1, 2] }, attrs: { axis: 1 } },
  Pack: { shapes: { 0: [3, 2], 1: [3, 2], 2: [3, 2] }, attrs: { axis: 1 } },
  GatherV2: {
    ...{ shapes: { x: image, indices: [2, 2] }, attrs: { axis: 1, batchDims: 0 } },
    values: { indices: [4, 0, 1, 3] },
  },
  GatherNd: { shapes: { params: image, indices: [3, 2] }, values: { indices: [2, 4, 0, 1, 1, 0] } },
  ArgMax: { shapes: { x: [2, 300, 3] }, attrs: { axis: 1 } },
  ArgMin: { shapes: { x: [2, 300, 3] }, attrs: { axis: 1 } },
};

/** Positive and negative numbers that are exact in 16 bits, none of them 0; of a few operands no two are alike. */
function valueAt(i: number, seed: number, dtype: DataType): number {
  const at = ((i * 421 + seed * 97) % 1009) - 504.5;
  if (dtype === 'bool') return Math.floor(Math.abs(at)) & 1;
  return dtype === 'int32' ? Math.ceil(Math.abs(at) / 40) * Math.sign(at) : at / 256;
}

/** @param isPacked Whether the operands are in packed textures. */
export function flatTest(backend: WebglBackend, kernelName: string, flat: FlatFunc, isPacked: boolean): Test {
  const { shapes, attrs = {}, dtype = 'float32', values: given = {} } = problems[kernelName] ?? pairs;
  return () => {
    const entries = Object.entries(shapes).map(([name, shape], seed) => {
      const own = given[name];
      const size = util.sizeFromShape([...shape]);
      const values = Float32Array.from({ length: size }, (_, i) => own?.[i] ?? valueAt(i, seed, dtype));
      return { name, shape, dtype: own ? ('int32' as const) : dtype, values };
    });
    const used: TensorInfo[] = [];
    try {
      const infos = entries.map(({ name, shape, dtype: its, values }) => {
        const info = backend.makeTensorInfo([...shape], its);
        used.push(info);
        fill(backend, info, values, isPacked);
        return [name, info] as const;
      });
      const operands = Object.fromEntries(entries.map(({ name, shape, dtype: its }) => [name, { shape, dtype: its }]));
      const call = { kernelName, operands, attrs };
      const inputs = inputsOf(Object.fromEntries(infos)) as unknown as FlatArgs['inputs'];
      const results = [flat({ inputs, attrs: attrsOf(call) as unknown as CallAttrs, backend }) ?? []].flat();
      used.push(...results);
      const actual = results.map((result) => readListLater(backend, result));
      const expected = expectedOf(call, Object.fromEntries(entries.map(({ name, values }) => [name, values])));
      const tolerance = toleranceOf(backend.caps.float32);
      return () => worstOf(actual.map((values, i) => compare(values(), expected[i], tolerance)));
    } finally {
      for (const info of used) backend.disposeIntermediateTensorInfo(info);
    }
  };
}

/** Fills a texture without a draw: a test blames one program. */
function fill(backend: WebglBackend, info: TensorInfo, values: Float32Array, isPacked: boolean): void {
  const data = backend.texData.get(info.dataId);
  data.isPacked = isPacked;
  backend.uploadToGPU(info.dataId);
  const { texture, texShape } = backend.texData.get(info.dataId);
  const [rows, columns] = texShape as [number, number];
  const handle = texture?.texture as WebGLTexture;
  const { queue } = backend.tensors.drawer;
  if (!isPacked) {
    queue.inOrder(() => uploadValues(backend.gl2, handle, [rows, columns], values));
    return;
  }
  const { gl2: gl } = backend;
  const [width, height] = [Math.ceil(columns / 2), Math.ceil(rows / 2)];
  const texels = new Float32Array(4 * width * height);
  texels.set(packedTexels(info.shape, values));
  queue.inOrder(() => {
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
  });
}

/** 2x2 values of the last two axes in a texel. */
function packedTexels(shape: readonly number[], values: Float32Array): Float32Array {
  const [rows = 1, columns = 1] = [shape.at(-2), shape.at(-1)];
  const [rowPairs, columnPairs] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  const texels = new Float32Array((values.length / (rows * columns)) * rowPairs * columnPairs * 4);
  for (let i = 0; i < values.length; i++) {
    const [c, r, n] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (columns * rows))];
    const texel = (n * rowPairs + (r >> 1)) * columnPairs + (c >> 1);
    texels[4 * texel + 2 * (r & 1) + (c & 1)] = values[i];
  }
  return texels;
}
