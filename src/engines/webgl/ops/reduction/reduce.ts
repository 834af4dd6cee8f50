// Mean, Sum and Max over the pixels of images; Mean and Sum over those of the whole batch.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { linearClamp } from '../../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { layoutOf, type TileLayout, tileShapes } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import {
  type ReduceSpec,
  type Reduction,
  reduceProgram,
  reduceValues,
} from '../../../../../kernels/glsl/tiled/reduction/reduce.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { TiledTexture } from '../../gl/textures.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { axisMean } from './axisMean.js';
import { extreme } from './extreme.js';
import { meanPixels, sumPixels } from './sumPixels.js';

interface Inputs {
  readonly x: TensorInfo;
}

interface Attrs {
  readonly axis?: number | number[];
  /** Max's name for its axes. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

type Operation = ReduceSpec['operation'];

/** Texels that one fragment reduces. Of larger images it reduces a part, and a second pass reduces the parts. */
const TEXELS = 256;

function reduction(operation: Operation, { inputs: { x }, attrs, backend }: TiledArgs<Inputs, Attrs>) {
  const source = findFloats(backend, x);
  if (!source) return undefined;
  const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number | number[], x.shape);
  if (!arePixels(x.shape, axes)) return undefined;
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const { n, c } = source.layout;
  const layout = layoutOf({ n, h: 1, w: 1, c }, tileShapes.single);
  const { info, tensor } = backend.tensors.make(
    attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape,
    layout,
  );
  const drawnSource = { layout: source.layout, texture: source.drawnTexture() };
  reduceTo(backend, operation, drawnSource, tensor);
  return info;
}

/** Whether height and width are reduced and nothing else; dimensions of 1 do not matter. */
function arePixels(shape: readonly number[], axes: readonly number[]): boolean {
  const first = shape.length - 3;
  if (first !== 0 && first !== 1) return false;
  const isReduced = (axis: number) => axes.includes(axis);
  const isKept = (axis: number) => !isReduced(axis) || shape[axis] === 1;
  const batch = first === 0 || isKept(0);
  return batch && isReduced(first) && isReduced(first + 1) && !isReduced(first + 2);
}

/**
 * Reduces all dimensions but the channels: the gradient of a bias, the statistics of a batch. The result is in a
 * texture of TensorFlow.js, whose kernels use it next.
 */
function overBatch(isMean: boolean, { inputs: { x }, attrs, backend }: TiledArgs<Inputs, Attrs>) {
  const source = findFloats(backend, x);
  const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape);
  const isAllButLast = axes.length === x.shape.length - 1 && !axes.includes(x.shape.length - 1);
  if (!source || !isAllButLast || x.shape.length < 2) return undefined;
  const sums = isMean ? meanPixels(backend, source) : sumPixels(backend, source);
  return attrs.keepDims ? { ...sums, shape: backend_util.expandShapeToKeepDim(sums.shape, axes) } : sums;
}

interface Drawn {
  readonly layout: TileLayout;
  readonly texture: TiledTexture;
}

function reduceTo(backend: WebglBackend, operation: Operation, x: Drawn, y: Drawn): void {
  const { textures } = backend.tensors;
  const { n, h, c, tile, tileRows, tileColumns, layers } = x.layout;
  const rowsPerPart = Math.max(1, Math.floor(TEXELS / (tileColumns * layers)));
  const parts = Math.ceil(tileRows / rowsPerPart);
  const layout = layoutOf({ n, h: parts, w: 1, c }, tileShapes.single);
  if (parts === 1 || !fits(backend, layout)) {
    pass(backend, operation, { x, y, rowsPerPart: tileRows, lastWeight: 1 });
    return;
  }
  const rows = rowsPerPart * tile.rows;
  const lastWeight = (h - (parts - 1) * rows) / rows;
  textures.lend(layout, (texture) => {
    const partial = { layout, texture };
    pass(backend, operation, { x, y: partial, rowsPerPart, lastWeight: 1 });
    pass(backend, operation, { x: partial, y, rowsPerPart: parts, lastWeight });
  });
}

function fits({ tensors }: WebglBackend, { width, height }: TileLayout): boolean {
  return Math.max(width, height) <= tensors.caps.maxTextureSize;
}

interface Pass extends Pick<Reduction, 'rowsPerPart' | 'lastWeight'> {
  readonly x: Drawn;
  readonly y: Drawn;
}

function pass({ tensors }: WebglBackend, operation: Operation, { x, y, ...parts }: Pass) {
  const program = reduceProgram({ operation, tile: x.layout.tile });
  const values = reduceValues(operation, { x: x.layout, y: y.layout, ...parts }, linearClamp);
  tensors.draw(y.texture, bind(program, { x: x.texture, bias: tensors.matrices.zeros() }, values));
}

export const reduceKernels: readonly NamedKernel[] = [
  tiledKernel<Inputs, Attrs>('Mean', (args) => reduction('mean', args) ?? overBatch(true, args) ?? axisMean(args)),
  tiledKernel<Inputs, Attrs>('Sum', (args) => reduction('sum', args) ?? overBatch(false, args)),
  tiledKernel<Inputs, Attrs>('Max', (args) => reduction('max', args), extreme('Max')),
];
