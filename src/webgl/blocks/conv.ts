// Convolutions on the block layout, as paths of the engine.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { convInts, convProgram, type Window } from '../../../kernels/glsl/block/conv.js';
import { depthwiseInts, depthwiseProgram } from '../../../kernels/glsl/block/depthwise.js';
import { clampUniform, isClamp } from '../../../kernels/glsl/block/epilogue.js';
import type { BlockLayout } from '../../../kernels/glsl/block/layout.js';
import { convPacking, depthwisePacking, type FilterUse, vectorPacking } from '../../../kernels/glsl/block/weights.js';
import type { Broadcast, Conv, Epilogue } from '../../../kernels/types.js';
import { yShapeOf } from '../../conv.js';
import type { WebglBackend } from '../backend.js';
import type { Texture } from '../gl/textures.js';
import { type ForwardArgs, type ForwardPath, hasEmpty } from '../paths.js';
import { activateBlocks } from './activate.js';

export const blockConv: ForwardPath = {
  name: 'blocks/conv',
  supports: (conv, backend, epilogue) => isInBlocks(conv, backend, epilogue) && hasMatrix(conv, backend),
  run: (args) => {
    const { backend, conv, w } = args;
    return run(args, backend.blocks.matrixOf(w, convPacking(conv)), ({ x, y }, epilogue) => ({
      program: convProgram({ x: x.block, y: y.block, window: windowOf(conv), lanes: lanesOf(conv), ...epilogue }),
      ints: convInts(conv, x, y),
    }));
  },
};

export const blockDepthwise: ForwardPath = {
  name: 'blocks/depthwise',
  supports: (conv, backend, epilogue) => {
    return isDepthwise(conv) && isInBlocks(conv, backend, epilogue);
  },
  run: (args) => {
    const { backend, conv, w } = args;
    return run(args, backend.blocks.matrixOf(w, depthwisePacking(conv)), ({ x, y }, epilogue) => ({
      program: depthwiseProgram({ x: x.block, y: y.block, window: depthwiseWindowOf(conv), ...epilogue }),
      ints: depthwiseInts(conv, x, y),
    }));
  },
};

export interface Layouts {
  readonly x: BlockLayout;
  readonly y: BlockLayout;
}

type Describe = (
  layouts: Layouts,
  epilogue: { readonly slopes: boolean; readonly residual: boolean },
) => { readonly program: ReturnType<typeof convProgram>; readonly ints: number[] };

function run(
  { backend, conv, x, epilogue, operands: { bias, prelu } }: ForwardArgs,
  w: Texture,
  describe: Describe,
): TensorInfo {
  const { blocks } = backend;
  const layouts = layoutsOf(conv, backend) as Layouts;
  const input = blocks.blocksOf(x, layouts.x);
  const fused = isClamp(epilogue.activation) ? epilogue : { ...epilogue, activation: 'linear' as const };
  const vector = (operand: TensorInfo) => {
    return blocks.matrixOf(operand, vectorPacking(util.sizeFromShape(operand.shape), conv.outC));
  };
  const inputs = {
    x: input.texture,
    w,
    bias: bias ? vector(bias) : blocks.zeros,
    ...(prelu && { slope: vector(prelu) }),
  };
  const { info, blocks: output } = blocks.make(yShapeOf(conv), layouts.y);
  const { program, ints } = describe(layouts, { slopes: prelu != null, residual: false });
  blocks.draw(output, { program, inputs, ints, floats: clampUniform(fused) });
  return fused === epilogue ? info : activateBlocks(backend, info, output, epilogue);
}

/** Whether each channel is by itself, as many in as out. */
export function isDepthwise({ groups, inC, outC }: Conv): boolean {
  return groups === inC && outC === inC;
}

/** Whether the filter's matrix fits into a texture. */
export function hasMatrix(conv: Conv, { blocks }: WebglBackend, use: FilterUse = 'forward'): boolean {
  const { width, height } = convPacking(conv, use);
  return Math.max(width, height) <= blocks.caps.maxTextureSize;
}

export function isInBlocks(conv: Conv, backend: WebglBackend, epilogue?: Epilogue): boolean {
  if (epilogue && !isByChannel(epilogue)) return false;
  return conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, backend) !== undefined;
}

/** Whether bias and slopes are one for each channel, or one for all. */
function isByChannel({ bias, prelu }: Epilogue): boolean {
  const fits = (at?: Broadcast) => !at || (at.strideN === 0 && at.strideY === 0 && at.strideX === 0);
  return fits(bias) && fits(prelu);
}

export function layoutsOf(conv: Conv, { blocks }: WebglBackend): Layouts | undefined {
  const { batch: n, inH, inW, inC, outH, outW, outC } = conv;
  const x = blocks.layoutOf({ n, h: inH, w: inW, c: inC });
  const y = blocks.layoutOf({ n, h: outH, w: outW, c: outC });
  return x && y && { x, y };
}

export function windowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv): Window | undefined {
  if (strideW > 2 || (kW > 1 && dilationW > 1)) return undefined;
  if (kH === 3 && kW === 3 && strideH === strideW && dilationH === 1) return { kH, kW, stride: strideW };
  return kW === 3 || kW === 5 || kW === 7 ? { kW, stride: strideW } : undefined;
}

export function depthwiseWindowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv) {
  const isPlain = kH === kW && strideH === strideW && dilationH === 1 && dilationW === 1;
  return isPlain && (kH === 3 || kH === 5) && strideW <= 2 ? { k: kH, stride: strideW } : undefined;
}

export function lanesOf({ inC, groups }: Conv): 1 | 2 | 3 | 4 {
  return groups === 1 && inC < 4 ? (inC as 1 | 2 | 3) : 4;
}
