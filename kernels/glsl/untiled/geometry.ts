// A convolution's geometry as uniforms. The data format is no more than two sets of strides, so one program serves
// NHWC and NCHW alike.

import type { Conv, DataFormat } from '../../conv.js';
import type { Broadcast } from '../../epilogue.js';
import type { Uniform } from './kernel.js';

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Elements from one (n, y, x, c) to the next along each of the four. */
function elementStrides(format: DataFormat, { height, width, channels }: Sizes): readonly number[] {
  const image = height * width * channels;
  return format === 'NHWC' ? [image, width * channels, channels, 1] : [image, width, 1, height * width];
}

const inSizes = ({ inH, inW, inC }: Conv): Sizes => ({ height: inH, width: inW, channels: inC });
const outSizes = ({ outH, outW, outC }: Conv): Sizes => ({ height: outH, width: outW, channels: outC });

export function convUniforms(conv: Conv): Uniform[] {
  const { dataFormat } = conv;
  return [
    { name: 'xStrides', type: 'ivec4', value: elementStrides(dataFormat, inSizes(conv)) },
    { name: 'yStrides', type: 'ivec4', value: elementStrides(dataFormat, outSizes(conv)) },
    { name: 'channelsLast', type: 'int', value: [dataFormat === 'NHWC' ? 1 : 0] },
    { name: 'batch', type: 'int', value: [conv.batch] },
    { name: 'inSize', type: 'ivec2', value: [conv.inH, conv.inW] },
    { name: 'outSize', type: 'ivec2', value: [conv.outH, conv.outW] },
    { name: 'kernelSize', type: 'ivec2', value: [conv.kH, conv.kW] },
    { name: 'strides', type: 'ivec2', value: [conv.strideH, conv.strideW] },
    { name: 'dilations', type: 'ivec2', value: [conv.dilationH, conv.dilationW] },
    { name: 'pad', type: 'ivec2', value: [conv.padTop, conv.padLeft] },
    { name: 'inChannels', type: 'int', value: [conv.inC] },
    { name: 'outChannels', type: 'int', value: [conv.outC] },
    { name: 'icg', type: 'int', value: [conv.inC / conv.groups] },
    { name: 'ocg', type: 'int', value: [conv.outC / conv.groups] },
  ];
}

export function broadcastUniform(name: string, { strideN, strideY, strideX, strideC }: Broadcast): Uniform {
  return { name, type: 'ivec4', value: [strideN, strideY, strideX, strideC] };
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
