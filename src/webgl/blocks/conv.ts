// Convolutions on the block layout, as paths of the engine.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convInts, convProgram, quadsPerOutput, type Window } from '../../../kernels/glsl/block/conv.js';
import { depthwiseInts, depthwiseProgram } from '../../../kernels/glsl/block/depthwise.js';
import { clampUniform, isClamp } from '../../../kernels/glsl/block/epilogue.js';
import type { BlockLayout } from '../../../kernels/glsl/block/layout.js';
import { packConv, packDepthwise, packVector } from '../../../kernels/glsl/block/weights.js';
import type { Broadcast, Conv, Epilogue } from '../../../kernels/types.js';
import { yShapeOf } from '../../conv.js';
import type { WebglBackend } from '../backend.js';
import type { Texture } from '../gl/textures.js';
import { type ForwardArgs, type ForwardPath, hasEmpty } from '../paths.js';
import { activateBlocks } from './activate.js';
import { type Axis, axisToCut, runInParts } from './banded.js';
import { forwardIsRight } from './verify.js';

export const blockConv: ForwardPath = {
  name: 'blocks/conv',
  supports(conv, backend, epilogue) {
    return isInBlocks(conv, backend, epilogue) && matrixFits(conv, backend) && isTrusted(blockConv, conv, backend);
  },
  run: (args) => {
    const { backend, conv, w } = args;
    const pack = () => packConv(conv, backend.readSync(w.dataId) as Float32Array);
    const matrix = backend.blocks.matrixOf(w, `conv ${conv.kH}x${conv.kW} ${conv.inC} ${conv.groups}`, pack);
    return run(args, matrix, ({ x, y }, epilogue) => ({
      program: convProgram({ x: x.block, y: y.block, window: windowOf(conv), lanes: lanesOf(conv), ...epilogue }),
      ints: convInts(conv, x, y),
    }));
  },
};

export const blockDepthwise: ForwardPath = {
  name: 'blocks/depthwise',
  supports(conv, backend, epilogue) {
    const isDepthwise = conv.groups === conv.inC && conv.outC === conv.inC;
    return isDepthwise && isInBlocks(conv, backend, epilogue) && isTrusted(blockDepthwise, conv, backend);
  },
  run: (args) => {
    const { backend, conv, w } = args;
    const pack = () => packDepthwise(conv, backend.readSync(w.dataId) as Float32Array);
    const matrix = backend.blocks.matrixOf(w, 'depthwise', pack);
    return run(args, matrix, ({ x, y }, epilogue) => ({
      program: depthwiseProgram({ x: x.block, y: y.block, window: depthwiseWindowOf(conv), ...epilogue }),
      ints: depthwiseInts(conv, x, y),
    }));
  },
};

/** What one texture cannot hold, in parts; `forward` runs a part on the path that suits it. */
export const blockConvInParts = (forward: (args: ForwardArgs) => TensorInfo): ForwardPath => ({
  name: 'blocks/inParts',
  supports(conv, backend, epilogue) {
    const isTooLarge = conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, backend) === undefined;
    return isTooLarge && axisToCut(conv) !== undefined && (epilogue === undefined || isByChannel(epilogue));
  },
  run: (args) => runInParts(args, axisToCut(args.conv) as Axis, forward),
});

interface Layouts {
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
    const values = () => spread(backend.readSync(operand.dataId) as Float32Array, conv.outC);
    return blocks.matrixOf(operand, `vector ${conv.outC}`, () => packVector(values()));
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

/** A scalar stands for all channels. */
function spread(values: Float32Array, channels: number): Float32Array {
  return values.length === channels ? values : new Float32Array(channels).fill(values[0]);
}

function isInBlocks(conv: Conv, backend: WebglBackend, epilogue?: Epilogue): boolean {
  if (epilogue && !isByChannel(epilogue)) return false;
  return conv.dataFormat === 'NHWC' && !hasEmpty(conv) && layoutsOf(conv, backend) !== undefined;
}

/** Whether bias and slopes are one for each channel, or one for all. */
function isByChannel({ bias, prelu }: Epilogue): boolean {
  const fits = (at?: Broadcast) => !at || (at.strideN === 0 && at.strideY === 0 && at.strideX === 0);
  return fits(bias) && fits(prelu);
}

function matrixFits(conv: Conv, { blocks }: WebglBackend): boolean {
  const width = quadsPerOutput(conv) * 4;
  const height = Math.ceil(conv.outC / 4) * conv.kH * conv.kW;
  return Math.max(width, height) <= blocks.caps.maxTextureSize;
}

/** Whether the program for this convolution passes its test, at its first use. */
function isTrusted(path: ForwardPath, conv: Conv, backend: WebglBackend): boolean {
  const { x, y } = layoutsOf(conv, backend) as Layouts;
  const window = path === blockConv ? windowOf(conv) : depthwiseWindowOf(conv);
  const form = { x: x.layers, y: y.layers, lanes: lanesOf(conv), window };
  return backend.selfTest.passes(`${path.name} ${JSON.stringify(form)}`, () => forwardIsRight(path, conv, backend));
}

function layoutsOf(conv: Conv, { blocks }: WebglBackend): Layouts | undefined {
  const { batch: n, inH, inW, inC, outH, outW, outC } = conv;
  const x = blocks.layoutOf({ n, h: inH, w: inW, c: inC });
  const y = blocks.layoutOf({ n, h: outH, w: outW, c: outC });
  return x && y && { x, y };
}

function windowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv): Window | undefined {
  if (strideW > 2 || (kW > 1 && dilationW > 1)) return undefined;
  if (kH === 3 && kW === 3 && strideH === strideW && dilationH === 1) return { kH, kW, stride: strideW };
  return kW === 3 || kW === 5 || kW === 7 ? { kW, stride: strideW } : undefined;
}

function depthwiseWindowOf({ kH, kW, strideH, strideW, dilationH, dilationW }: Conv) {
  const isPlain = kH === kW && strideH === strideW && dilationH === 1 && dilationW === 1;
  return isPlain && (kH === 3 || kH === 5) && strideW <= 2 ? { k: kH, stride: strideW } : undefined;
}

function lanesOf({ inC, groups }: Conv): 1 | 2 | 3 | 4 {
  return groups === 1 && inC < 4 ? (inC as 1 | 2 | 3) : 4;
}
