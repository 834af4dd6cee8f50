// A convolution's geometry as uniforms. The data format is no more than two sets of strides, so one program serves
// NHWC and NCHW alike.

import type { Conv, DataFormat } from '../../conv.js';
import type { Broadcast } from '../../epilogue.js';
import { ints, ivec2s, ivec4s, type UniformTypes, type UniformValues } from '../uniforms.js';

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Elements from one (n, y, x, c) to the next along each of the four. */
function elementStrides(format: DataFormat, { height, width, channels }: Sizes): UniformTypes['ivec4'] {
  const image = height * width * channels;
  return format === 'NHWC' ? [image, width * channels, channels, 1] : [image, width, 1, height * width];
}

const inSizes = ({ inH, inW, inC }: Conv): Sizes => ({ height: inH, width: inW, channels: inC });
const outSizes = ({ outH, outW, outC }: Conv): Sizes => ({ height: outH, width: outW, channels: outC });

export const geometryDeclaration = {
  ...ivec4s('xStrides', 'yStrides'),
  ...ints('channelsLast', 'batch'),
  ...ivec2s('inSize', 'outSize', 'kernelSize', 'strides', 'dilations', 'pad'),
  ...ints('inChannels', 'outChannels', 'icg', 'ocg'),
};

export function geometryValues(conv: Conv): UniformValues<typeof geometryDeclaration> {
  const { dataFormat, batch, inC, outC, groups } = conv;
  return {
    xStrides: elementStrides(dataFormat, inSizes(conv)),
    yStrides: elementStrides(dataFormat, outSizes(conv)),
    channelsLast: dataFormat === 'NHWC' ? 1 : 0,
    batch,
    inSize: [conv.inH, conv.inW],
    outSize: [conv.outH, conv.outW],
    kernelSize: [conv.kH, conv.kW],
    strides: [conv.strideH, conv.strideW],
    dilations: [conv.dilationH, conv.dilationW],
    pad: [conv.padTop, conv.padLeft],
    inChannels: inC,
    outChannels: outC,
    icg: inC / groups,
    ocg: outC / groups,
  };
}

/** The element strides of an operand that is broadcast to y; zeros where there is none. */
export function broadcastStrides(operand?: Broadcast): UniformTypes['ivec4'] {
  return operand ? [operand.strideN, operand.strideY, operand.strideX, operand.strideC] : [0, 0, 0, 0];
}

/** `ivec4 coordsOf(int flatIndex, ivec2 size, int channels)`: (n, y, x, c) of an element of an activation tensor. */
export const coordsSource = `
ivec4 coordsOf(int flatIndex, ivec2 size, int channels) {
  int inner = channelsLast == 1 ? channels : size.y;
  int middle = channelsLast == 1 ? size.y : size.x;
  int outer = channelsLast == 1 ? size.x : channels;
  int ab = flatIndex / inner;
  int c = flatIndex - ab * inner;
  int a = ab / middle;
  int b = ab - a * middle;
  int n = a / outer;
  a -= n * outer;
  return channelsLast == 1 ? ivec4(n, a, b, c) : ivec4(n, b, c, a);
}

int indexOf(ivec4 coords, ivec4 elementStrides) {
  ivec4 p = coords * elementStrides;
  return p.x + p.y + p.z + p.w;
}
`;
