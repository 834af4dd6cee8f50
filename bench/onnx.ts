// A layer as an ONNX model in memory: y = Relu(Conv(x, w, bias)), channels first, the weights inside.

import type { Problem } from './problem.js';

/** The fields of onnx.proto (https://onnx.ai, IR version 8) that such a model needs. */
const SCHEMA = `
  syntax = "proto3";
  message Model { int64 irVersion = 1; Graph graph = 7; repeated Opset opsetImport = 8; }
  message Opset { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Weights initializer = 5; repeated Value input = 11; repeated Value output = 12;
  }
  message Node { repeated string input = 1; repeated string output = 2; string opType = 4; repeated Attribute attribute = 5; }
  message Attribute { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message Weights { repeated int64 dims = 1; int32 dataType = 2; string name = 8; bytes rawData = 9; }
  message Value { string name = 1; Type type = 2; }
  message Type { TensorType tensorType = 1; }
  message TensorType { int32 elemType = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { int64 dimValue = 1; }`;

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1; // TensorProto.DataType
const INT = 2; // AttributeProto.AttributeType
const INTS = 7;

/** What is used of the package protobufjs, which only the first run of the benchmark installs. */
export interface Protobuf {
  parse(schema: string): { root: { lookupType(name: string): MessageType } };
}

interface MessageType {
  encode(message: object): { finish(): Uint8Array };
}

/** Its input is x [1, inC, inH, inW], its output y [1, outC, outH, outW]. */
export function onnxModel(protobuf: Protobuf, { conv, operands }: Problem): Uint8Array {
  const { inC, inH, inW, outC, outH, outW, kH, kW, groups } = conv;
  const node = [
    { opType: 'Conv', input: ['x', 'w', 'bias'], output: ['sum'], attribute: attributes(conv) },
    { opType: 'Relu', input: ['sum'], output: ['y'] },
  ];
  const w = toOihw(conv, operands.w);
  const initializer = [weights('w', [outC, inC / groups, kH, kW], w), weights('bias', [outC], operands.bias)];
  const input = [value('x', [1, inC, inH, inW])];
  const output = [value('y', [1, outC, outH, outW])];
  const graph = { name: 'layer', node, initializer, input, output };
  const model = { irVersion: IR_VERSION, opsetImport: [{ domain: '', version: OPSET }], graph };
  return protobuf.parse(SCHEMA).root.lookupType('Model').encode(model).finish();
}

function attributes(conv: Problem['conv']) {
  const ints = (name: string, values: number[]) => ({ name, type: INTS, ints: values });
  return [
    ints('kernel_shape', [conv.kH, conv.kW]),
    ints('strides', [conv.strideH, conv.strideW]),
    ints('dilations', [conv.dilationH, conv.dilationW]),
    ints('pads', [conv.padTop, conv.padLeft, conv.padBottom, conv.padRight]),
    { name: 'group', type: INT, i: conv.groups },
  ];
}

function weights(name: string, dims: number[], values: Float32Array) {
  return { name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function value(name: string, shape: number[]) {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

/** [kH, kW, inC/groups, outC] -> [outC, inC/groups, kH, kW] */
function toOihw({ kH, kW, inC, groups, outC }: Problem['conv'], w: Float32Array): Float32Array {
  const icg = inC / groups;
  const turned = new Float32Array(w.length);
  for (let tap = 0, from = 0; tap < kH * kW; tap++) {
    for (let ic = 0; ic < icg; ic++) {
      for (let oc = 0; oc < outC; oc++, from++) turned[(oc * icg + ic) * kH * kW + tap] = w[from];
    }
  }
  return turned;
}
