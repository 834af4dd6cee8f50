// Calls of kernels, as the functions of the op tables make them: what a kernel is given for sound arguments.

import * as tf from '@tensorflow/tfjs';
import { convOps, gradientOps, methods, tensorOps } from '../webgl/opTable/convOps.js';
import { binaryOps, unaryOps } from '../webgl/opTable/elementwiseOps.js';
import { losses, matrixOps, reductions } from '../webgl/opTable/mathOps.js';
import { valuesIn } from '../webgl/opTable/operands.js';
import { caseOf, type Operand } from '../webgl/opTable/opTable.js';
import { imageOps, shapeOps } from '../webgl/opTable/shapeOps.js';

export interface RecordedInput {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface RecordedCall {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, RecordedInput>>;
  /** Whether the kernel takes a list. */
  readonly isList: boolean;
  readonly attrs: Readonly<Record<string, unknown>>;
}

const tables = [
  ...[unaryOps, binaryOps, shapeOps, imageOps, reductions, matrixOps, losses],
  ...[convOps, gradientOps, tensorOps, methods],
];

type Args = Parameters<tf.KernelFunc>[0];

/** One call for each kernel and kind of operands, made on `cpu`, the active backend. Complex numbers are left out. */
export async function recordCalls(): Promise<RecordedCall[]> {
  const calls = new Map<string, RecordedCall>();
  const configs = tf.getKernelsForBackend('cpu');
  const originals = configs.map(({ kernelFunc }) => kernelFunc);
  configs.forEach((config, i) => {
    config.kernelFunc = (args) => {
      const call = callOf(config.kernelName, args);
      const kinds = Object.values(call?.inputs ?? {}).map(({ shape, dtype }) => `${shape.length} ${dtype}`);
      const key = `${config.kernelName} ${kinds}`;
      if (call && !calls.has(key)) calls.set(key, call);
      return originals[i](args);
    };
  });
  try {
    for (const op of tables.flatMap((table) => Object.values(table))) await runOnce(caseOf(op).run);
  } finally {
    configs.forEach((config, i) => {
      config.kernelFunc = originals[i];
    });
  }
  return [...calls.values()];
}

async function runOnce(run: ReturnType<typeof caseOf>['run']): Promise<void> {
  let seed = 0;
  const operand = ((shape, low = -3, high = 3) =>
    tf.tensor(valuesIn(shape, ++seed, [low, high]), [...shape])) as Operand;
  const engine = tf.engine();
  engine.startScope('');
  try {
    await run(operand);
  } catch {
    // some functions need a page
  } finally {
    engine.endScope();
  }
}

/** Undefined for complex numbers and strings. */
function callOf(kernelName: string, { inputs, attrs, backend }: Args): RecordedCall | undefined {
  const infos = Object.entries(inputs as Record<string, tf.TensorInfo | undefined>);
  const recorded: [string, RecordedInput][] = [];
  for (const [name, info] of infos) {
    if (!info) continue;
    const { shape, dtype, dataId } = info;
    if (dtype === 'complex64' || dtype === 'string') return undefined;
    const values = (backend as tf.KernelBackend).readSync(dataId) as RecordedInput['values'];
    recorded.push([name, { shape: [...shape], dtype, values: values.slice() }]);
  }
  return {
    kernelName,
    inputs: Object.fromEntries(recorded),
    isList: Array.isArray(inputs),
    attrs: structuredClone(attrs ?? {}) as unknown as RecordedCall['attrs'],
  };
}
