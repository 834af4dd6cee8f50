// Everything that a convolution in the tiled layout works out once: layouts, programs, sizes, how its filter is packed.
// Equal convolutions are one object (resolveConv), so a plan is found again without a comparison.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import {
  type Clamp,
  type ClampDeclaration,
  type EpilogueSpec,
  withClamp,
} from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { convProgram, convSizesOf, mixesGroups, type Window } from '../../../../kernels/glsl/tiled/conv/conv.js';
import { isPointwise, pointwiseProgram, pointwiseSizesOf } from '../../../../kernels/glsl/tiled/conv/pointwise.js';
import { convPacking, depthwisePacking, type Packing } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { depthwiseProgram, depthwiseSizesOf } from '../../../../kernels/glsl/tiled/depthwise/depthwise.js';
import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import type { Packed, TiledDeclaration, Uniforms } from '../../../../kernels/glsl/tiled/uniforms.js';
import type { WebglBackend } from '../backend.js';
import type { BoundProgram } from '../gl/draw.js';
import type { Texture, TiledTexture } from '../gl/textures.js';
import type { TensorStore } from '../tensors/tensorStore.js';
import { hasEmpty } from './paths.js';

export interface ConvPlan {
  readonly x: TileLayout;
  readonly y: TileLayout;
  /** Names the program apart from its epilogue: the self-test tests kernel classes. */
  readonly kernelClass: string;
  /** How the filter is packed. */
  readonly packing: Packing;
  /** The matrix to multiply by; default: the filter as `packing` says. */
  weights?(store: TensorStore, w: TensorInfo): Texture;
  draw(store: TensorStore, target: TiledTexture, operands: Operands): void;
}

/** Everything that a draw of y needs beside the plan. */
export interface Operands {
  readonly epilogue: EpilogueForm;
  /** x, w, and the inputs of the epilogue. */
  readonly inputs: BoundProgram['inputs'];
  readonly clamp: Clamp;
}

/** Convolutions always have a scale and a shift. */
export type EpilogueForm = Omit<EpilogueSpec, 'affine'>;

export const plainForm: EpilogueForm = { slopes: false, residual: false };

export function convPlan(conv: Conv, store: TensorStore): ConvPlan | undefined {
  const layouts = layoutsOf(conv, store);
  const packing = convPacking(conv);
  if (!layouts || !matrixFits(packing, store)) return undefined;
  const { x, y } = layouts;
  const common = { x, y, packing };
  if (isPointwise(conv)) {
    const make = (epilogue: EpilogueSpec) => pointwiseProgram({ tile: y.tile, ...epilogue });
    return planOf({ ...common, sizes: pointwiseSizesOf(x, y), make });
  }
  const spec = { x: x.tile, y: y.tile, window: windowOf(conv), lanes: lanesOf(conv), mixed: mixesGroups(conv) };
  return planOf({
    ...common,
    sizes: convSizesOf(conv, x, y),
    make: (epilogue) => convProgram({ ...spec, ...epilogue }),
  });
}

export function depthwisePlan(conv: Conv, store: TensorStore): ConvPlan | undefined {
  const layouts = layoutsOf(conv, store);
  if (!layouts || !isDepthwise(conv)) return undefined;
  const { x, y } = layouts;
  const window = depthwiseWindowOf(conv);
  return planOf({
    ...{ x, y, packing: depthwisePacking(conv) },
    sizes: depthwiseSizesOf(conv, x, y),
    make: (epilogue) => depthwiseProgram({ x: x.tile, y: y.tile, window, ...epilogue }),
  });
}

type ClampedProgram<D extends TiledDeclaration> = TileProgram<Uniforms<D & ClampDeclaration>>;

interface OneDraw<D extends TiledDeclaration> extends Pick<ConvPlan, 'x' | 'y' | 'packing'> {
  /** The uniforms of all draws; the clamp is added by each. */
  readonly sizes: Packed<D>;
  make(epilogue: EpilogueSpec): ClampedProgram<NoInfer<D>>;
}

function planOf<D extends TiledDeclaration>({ make, sizes, ...plan }: OneDraw<D>): ConvPlan {
  const programOf = programsFor(make);
  return {
    ...plan,
    kernelClass: programOf(plainForm).key,
    draw(store, target, { epilogue, inputs, clamp }) {
      store.draw(target, { ...clamped(programOf(epilogue), sizes, clamp), inputs });
    },
  };
}

/** A program with its sizes and a clamp. */
export function clamped<D extends TiledDeclaration>(
  program: ClampedProgram<NoInfer<D>>,
  sizes: Packed<D>,
  clamp: Clamp,
): Omit<BoundProgram, 'inputs'> {
  return { program, uniforms: withClamp(sizes, clamp) };
}

/** Makes each program once, by its epilogue. */
export function programsFor<P>(make: (epilogue: EpilogueSpec) => P): (epilogue: EpilogueForm) => P {
  const programs = new Map<number, P>();
  return (epilogue) => {
    const form = Number(epilogue.slopes) + 2 * Number(epilogue.residual);
    const program = programs.get(form) ?? make({ ...epilogue, affine: true });
    programs.set(form, program);
    return program;
  };
}

/** Turns a function that makes plans into one that remembers them. */
export function remembered(make: typeof convPlan): typeof convPlan {
  const stores = new WeakMap<TensorStore, WeakMap<Conv, { readonly plan: ConvPlan | undefined }>>();
  return (conv, store) => {
    const plans = stores.get(store) ?? new WeakMap();
    stores.set(store, plans);
    const entry = plans.get(conv) ?? { plan: make(conv, store) };
    plans.set(conv, entry);
    return entry.plan;
  };
}

export type Layouts = Pick<ConvPlan, 'x' | 'y'>;

/** Whether x and y can be in the tiled layout. */
export function canBeTiled(conv: Conv, { tensors }: WebglBackend): boolean {
  return conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, tensors) !== undefined;
}

export function layoutsOf(
  { batch: n, inH, inW, inC, outH, outW, outC }: Conv,
  store: TensorStore,
): Layouts | undefined {
  const x = store.layoutOf({ n, h: inH, w: inW, c: inC });
  const y = store.layoutOf({ n, h: outH, w: outW, c: outC });
  return x && y && { x, y };
}

export function windowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv): Window | undefined {
  const isSquare = strideH === strideW && dilationH === 1 && (kW === 1 || dilationW === 1);
  if (isSquare && strideW <= 2 && kH === 3 && kW === 3) return { kH, kW, stride: strideW };
  if (isSquare && strideW === 1 && kW === 1 && (kH === 3 || kH === 5 || kH === 7)) return { kH, kW, stride: 1 };
  const is3x3 = kH === 3 && kW === 3 && strideH === 1 && strideW === 1;
  // With dilations above 2 the taps share too little.
  if (is3x3 && dilationH === 2 && dilationW === 2) return { kH, kW, stride: 1, dilation: 2 };
  if (dilationW > 1) return undefined;
  const isPatch = kW === strideW && (kW === 2 || kW === 4); // its taps share addresses alone
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

/** Whether each output channel has an input channel of its own, as many in as out. */
export function isDepthwise({ groups, inC, outC }: Conv): boolean {
  return groups === inC && outC === inC;
}

export function matrixFits({ width, height }: Pick<Packing, 'width' | 'height'>, { caps }: TensorStore): boolean {
  return Math.max(width, height) <= caps.maxTextureSize;
}
