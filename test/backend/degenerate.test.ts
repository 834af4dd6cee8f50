// Attributes and sizes at the edge of sense and beyond it: each number among the attributes of a sound call becomes 0,
// negative, NaN, a fraction or too large, and each axis of its operands empty. Every kernel of both engines answers with
// an error that says what is wrong, or with a result of the shape that TensorFlow.js's own kernel gives.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { selfTestCalls } from '../../src/backend/selfTest/calls.js';
import { ownBackends } from '../support/backends.js';
import { type RecordedCall, type RecordedInput, recordCalls } from '../support/kernels/recordCalls.js';

/** No number is far above the others: a result must fit into memory. */
const strange = [0, -1, Number.NaN, 1.5, 50, -1000];

type Attrs = RecordedCall['attrs'];
type Mutation = readonly [what: string, call: RecordedCall];

function* strangeAttrs(attrs: Attrs): Generator<readonly [string, Attrs]> {
  for (const [name, value] of Object.entries(attrs)) {
    for (const number of strange) {
      if (typeof value === 'number') yield [`${name}=${number}`, { ...attrs, [name]: number }];
      if (!Array.isArray(value)) continue;
      for (const at of value.keys()) {
        const list = value.map((one, i) => (i !== at ? one : Array.isArray(one) ? one.map(() => number) : number));
        yield [`${name}[${at}]=${number}`, { ...attrs, [name]: list }];
      }
    }
  }
}

function* mutations(call: RecordedCall): Generator<Mutation> {
  for (const [what, attrs] of strangeAttrs(call.attrs)) yield [what, { ...call, attrs }];
  const ranks = Object.values(call.inputs).map(({ shape }) => shape.length);
  for (let axis = 0; axis < Math.max(0, ...ranks); axis++) {
    const inputs = Object.entries(call.inputs).map(([name, input]) => [name, emptied(input, axis)] as const);
    yield [`nothing along axis ${axis}`, { ...call, inputs: Object.fromEntries(inputs) }];
  }
}

function emptied(input: RecordedInput, axis: number): RecordedInput {
  const shape = input.shape.map((size, i) => (i === axis ? 0 : size));
  return axis < shape.length ? { ...input, shape, values: input.values.slice(0, 0) } : input;
}

interface Outcome {
  readonly error?: Error;
  readonly shapes?: readonly (readonly number[])[];
}

type InfoMaker = tf.KernelBackend & {
  makeTensorInfo(shape: number[], dtype: string, values: unknown): tf.TensorInfo;
  tile?(info: tf.TensorInfo): void;
};

function outcomeOn(name: string, { kernelName, inputs, isList, attrs }: RecordedCall): Outcome {
  const backend = tf.engine().registry[name] as InfoMaker;
  const used: tf.TensorInfo[] = [];
  try {
    const infos = Object.entries(inputs).map(([input, { shape, dtype, values }]) => {
      const info = backend.makeTensorInfo([...shape], dtype, values.slice());
      used.push(info);
      if (dtype === 'float32' && shape.length > 1 && shape.length < 5) backend.tile?.(info);
      return [input, info] as const;
    });
    const given = (isList
      ? infos.map(([, info]) => info)
      : Object.fromEntries(infos)) as unknown as tf.NamedTensorInfoMap;
    const kernelFunc = tf.getKernel(kernelName, name)?.kernelFunc as tf.KernelFunc;
    const results = [
      kernelFunc({ inputs: given, attrs: structuredClone(attrs) as never, backend }) as tf.TensorInfo,
    ].flat();
    used.push(...results);
    return { shapes: results.map(({ shape }) => shape) };
  } catch (error) {
    return { error: error as Error };
  } finally {
    for (const { dataId } of used) backend.disposeData(dataId);
  }
}

/** What is wrong with an answer; undefined if nothing is. */
function faultOf(own: Outcome, official: () => Outcome): string | undefined {
  if (own.error) {
    const isVague = own.error instanceof TypeError || own.error instanceof RangeError;
    return isVague || /bytes=(NaN|-|Infinity)|unreachable/.test(own.error.message) ? String(own.error) : undefined;
  }
  if (!areShapes(own.shapes)) return `shapes ${JSON.stringify(own.shapes)}`;
  const { shapes } = official();
  const isSame = !areShapes(shapes) || JSON.stringify(shapes) === JSON.stringify(own.shapes);
  return isSame ? undefined : `shapes ${JSON.stringify(own.shapes)}, TensorFlow.js gives ${JSON.stringify(shapes)}`;
}

function areShapes(shapes: Outcome['shapes']): boolean {
  return shapes?.every((shape) => shape.every((size) => Number.isInteger(size) && size >= 0)) ?? false;
}

/** Kernels whose attributes TensorFlow.js's functions have made sound: what they give otherwise is undefined. */
const others: readonly string[] = ['Unpack'];

for (const backend of ownBackends) {
  it(`degenerate attributes and sizes, on ${backend}: an error or a result, of every kernel`, async function () {
    this.timeout(240_000);
    await tf.setBackend(backend);
    await tf.setBackend('cpu');
    const recorded = await recordCalls();
    // TensorFlow.js's own programs on a GPU are compiled for each shape, so only ours are called there.
    const ours = new Set(selfTestCalls.map(({ kernelName }) => kernelName));
    const calls = backend === 'convnet-webgl' ? recorded.filter(({ kernelName }) => ours.has(kernelName)) : recorded;
    expect(new Set(calls.map(({ kernelName }) => kernelName)).size).to.be.above(backend === 'convnet-webgl' ? 40 : 125);
    const faults: string[] = [];
    let count = 0;
    for (const call of calls.filter(({ kernelName }) => !others.includes(kernelName))) {
      for (const [what, mutated] of mutations(call)) {
        count++;
        const fault = faultOf(outcomeOn(backend, mutated), () => outcomeOn('cpu', mutated));
        if (fault) faults.push(`${call.kernelName} ${what}: ${fault}`);
      }
    }
    expect(faults).to.deep.equal([]);
    expect(count).to.be.above(1000);
  });
}
