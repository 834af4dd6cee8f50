// A layer as an ONNX model: y = Relu(Conv(x, w, bias)), channels first, the weights inside. Fields go by their numbers
// in onnx.proto (https://onnx.ai, IR version 8), bytes by https://protobuf.dev/programming-guides/encoding.

import type { Problem } from '../measure/problem.js';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1; // TensorProto.DataType
const INT = 2; // AttributeProto.AttributeType
const INTS = 7;

/** Its input is x [1, inC, inH, inW], its output y [1, outC, outH, outW]. */
export function onnxModel({ conv, operands }: Problem): Uint8Array {
  const { inC, inH, inW, outC, outH, outW, kH, kW, groups } = conv;
  const ints = (name: string, values: readonly number[]) => message([1, name], [8, values], [20, INTS]);
  const attributes = [
    ints('kernel_shape', [kH, kW]),
    ints('strides', [conv.strideH, conv.strideW]),
    ints('dilations', [conv.dilationH, conv.dilationW]),
    ints('pads', [conv.padTop, conv.padLeft, conv.padBottom, conv.padRight]),
    message([1, 'group'], [3, groups], [20, INT]),
  ];
  const graph = message(
    [1, message([1, ['x', 'w', 'bias']], [2, 'sum'], [4, 'Conv'], [5, attributes])],
    [1, message([1, 'sum'], [2, 'y'], [4, 'Relu'])],
    [2, 'layer'],
    [5, weights('w', [outC, inC / groups, kH, kW], oihwOf(conv, operands.w))],
    [5, weights('bias', [outC], operands.bias)],
    [11, value('x', [1, inC, inH, inW])],
    [12, value('y', [1, outC, outH, outW])],
  );
  return message([1, IR_VERSION], [7, graph], [8, message([1, ''], [2, OPSET])]);
}

function weights(name: string, dims: readonly number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength); // little-endian, as ONNX wants it
  return message([1, dims], [2, FLOAT], [8, name], [9, raw]);
}

function value(name: string, shape: readonly number[]): Uint8Array {
  const dims = shape.map((size) => message([1, size]));
  const tensorType = message([1, FLOAT], [2, message([1, dims])]);
  return message([1, name], [2, message([1, tensorType])]);
}

type Value = number | string | Uint8Array;

/** Fields by their numbers; a list is a field for each of its values. */
function message(...fields: readonly (readonly [number, Value | readonly Value[]])[]): Uint8Array {
  const all = fields.flatMap(([number, value]) => [value].flat().map((one) => [number, one] as const));
  const parts = all.flatMap(([number, content]): ArrayLike<number>[] => {
    if (typeof content === 'number') return [varint(number << 3), varint(content)];
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return [varint((number << 3) | 2), varint(bytes.length), bytes];
  });
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seven bits a byte, the low ones first. */
const varint = (number: number): number[] =>
  number < 128 ? [number] : [(number & 127) | 128, ...varint(number >>> 7)];

/** [kH, kW, inC/groups, outC] -> [outC, inC/groups, kH, kW] */
function oihwOf({ kH, kW, inC, groups, outC }: Problem['conv'], w: Float32Array): Float32Array {
  const [taps, groupC] = [kH * kW, inC / groups];
  return new Float32Array(w.length).map((_, at) => {
    const [tap, ic, oc] = [at % taps, Math.floor(at / taps) % groupC, Math.floor(at / taps / groupC)];
    return w[(tap * groupC + ic) * outC + oc];
  });
}
