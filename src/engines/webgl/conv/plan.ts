// What a convolution on the tiled layout works out once: layouts, program, uniforms, how its filter is packed. Equal
// convolutions are one object (resolveConv), so a plan is found again without comparing.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { convInts, convProgram, mixesGroups, type Window } from '../../../../kernels/glsl/tiled/conv/conv.js';
import type { EpilogueSpec } from '../../../../kernels/glsl/tiled/conv/epilogue.js';
import { isPointwise, pointwiseInts, pointwiseProgram } from '../../../../kernels/glsl/tiled/conv/pointwise.js';
import { convPacking, depthwisePacking, type Packing } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { depthwiseInts, depthwiseProgram } from '../../../../kernels/glsl/tiled/depthwise/depthwise.js';
import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import type { WebglBackend } from '../backend.js';
import type { Texture, TiledTexture } from '../gl/textures.js';
import type { Source, TensorStore } from '../tensors/tensorStore.js';
import { hasEmpty } from './paths.js';

export interface ConvPlan {
  readonly x: TileLayout;
  readonly y: TileLayout;
  readonly ints: readonly number[];
  /** Names the program apart from its epilogue: what the self-test tests. */
  readonly kernelClass: string;
  /** What draws y, with the epilogue. */
  program(epilogue: Omit<EpilogueSpec, 'affine'>): TileProgram;
  /** Of the filter. */
  readonly packing: Packing;
  /** What is multiplied with; default: the filter as `packing` says. */
  weights?(tensors: TensorStore, w: TensorInfo): Texture;
  /** Draws y where that takes more than one draw; `last` has the inputs x and w too. */
  draw?(tensors: TensorStore, target: TiledTexture, last: Source): void;
}

const linear = { slopes: false, residual: false };

export function convPlan(conv: Conv, tensors: TensorStore): ConvPlan | undefined {
  const layouts = layoutsOf(conv, tensors);
  const packing = convPacking(conv);
  if (!layouts || !matrixFits(packing, tensors)) return undefined;
  const { x, y } = layouts;
  const window = windowOf(conv);
  const lanes = lanesOf(conv);
  const mixed = mixesGroups(conv);
  const common = { x, y, packing };
  return isPointwise(conv)
    ? planOf({
        ...common,
        ints: pointwiseInts(conv, x, y),
        make: (epilogue) => pointwiseProgram({ tile: y.tile, ...epilogue }),
      })
    : planOf({
        ...common,
        ints: convInts(conv, x, y),
        make: (epilogue) => convProgram({ x: x.tile, y: y.tile, window, lanes, mixed, ...epilogue }),
      });
}

export function depthwisePlan(conv: Conv, tensors: TensorStore): ConvPlan | undefined {
  const layouts = layoutsOf(conv, tensors);
  if (!layouts || !isDepthwise(conv)) return undefined;
  const { x, y } = layouts;
  const window = depthwiseWindowOf(conv);
  return planOf({
    ...{ x, y, packing: depthwisePacking(conv) },
    ints: depthwiseInts(conv, x, y),
    make: (epilogue) => depthwiseProgram({ x: x.tile, y: y.tile, window, ...epilogue }),
  });
}

export type Parts = Omit<ConvPlan, 'program' | 'kernelClass'> & { make(epilogue: EpilogueSpec): TileProgram };

export function planOf({ make, ...parts }: Parts): ConvPlan {
  const programs = new Map<number, TileProgram>();
  const program = (epilogue: Omit<EpilogueSpec, 'affine'>) => {
    const form = Number(epilogue.slopes) + 2 * Number(epilogue.residual);
    const known = programs.get(form) ?? make({ ...epilogue, affine: true });
    programs.set(form, known);
    return known;
  };
  return { ...parts, program, kernelClass: program(linear).key };
}

/** Of a function that makes plans, one that remembers them. */
export function remembered(make: typeof convPlan): typeof convPlan {
  const stores = new WeakMap<TensorStore, WeakMap<Conv, { readonly plan: ConvPlan | undefined }>>();
  return (conv, tensors) => {
    const plans = stores.get(tensors) ?? new WeakMap();
    stores.set(tensors, plans);
    const entry = plans.get(conv) ?? { plan: make(conv, tensors) };
    plans.set(conv, entry);
    return entry.plan;
  };
}

export type Layouts = Pick<ConvPlan, 'x' | 'y'>;

/** Whether x and y can be in tiles. */
export function isTiled(conv: Conv, { tensors }: WebglBackend): boolean {
  return conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, tensors) !== undefined;
}

export function layoutsOf(
  { batch: n, inH, inW, inC, outH, outW, outC }: Conv,
  tensors: TensorStore,
): Layouts | undefined {
  const x = tensors.layoutOf({ n, h: inH, w: inW, c: inC });
  const y = tensors.layoutOf({ n, h: outH, w: outW, c: outC });
  return x && y && { x, y };
}

export function windowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv): Window | undefined {
  const isSquare = strideH === strideW && dilationH === 1 && (kW === 1 || dilationW === 1);
  if (isSquare && strideW <= 2 && kH === 3 && kW === 3) return { kH, kW, stride: strideW };
  if (isSquare && strideW === 1 && kW === 1 && (kH === 3 || kH === 5 || kH === 7)) return { kH, kW, stride: 1 };
  const is3x3 = kH === 3 && kW === 3 && strideH === 1 && strideW === 1;
  if (is3x3 && dilationH === 2 && dilationW === 2) return { kH, kW, stride: 1, dilation: 2 }; // beyond 2 too little is shared
  if (dilationW > 1) return undefined;
  const isPatch = kW === strideW && (kW === 2 || kW === 4); // they share nothing but addresses
  return isPatch || (strideW <= 2 && (kW === 3 || kW === 5 || kW === 7)) ? { kW, stride: strideW } : undefined;
}

export function depthwiseWindowOf(conv: Conv): Window | undefined {
  const { kH, kW, strideH, strideW, dilationH, dilationW } = conv;
  if (strideW > 2 || dilationW > 1) return undefined;
  const isSquare = kH === kW && strideH === strideW && dilationH === 1;
  if (isSquare && (kH === 3 || kH === 5)) return { kH, kW, stride: strideW };
  return kW === 3 || kW === 5 || kW === 7 ? { kW, stride: strideW } : undefined;
}

export function lanesOf({ inC, groups }: Conv): 1 | 2 | 3 | 4 {
  return groups === 1 && inC < 4 ? (inC as 1 | 2 | 3) : 4;
}

/** Whether each channel is by itself, as many in as out. */
export function isDepthwise({ groups, inC, outC }: Conv): boolean {
  return groups === inC && outC === inC;
}

export function matrixFits({ width, height }: Pick<Packing, 'width' | 'height'>, { caps }: TensorStore): boolean {
  return Math.max(width, height) <= caps.maxTextureSize;
}
