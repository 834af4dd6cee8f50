// Functions of two small tensors.

import { backend_util, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type FlatBinaryName, flatBinaryProgram, operationOf } from '../../../../../kernels/glsl/tiled/flat/binary.js';
import { fourAxes, ofFour } from '../../../../../kernels/glsl/tiled/flat/values.js';
import { bind } from '../../gl/draw.js';
import type { FlatFunc } from './flatFunc.js';
import { drawList, isSmall, sourceOf } from './lists.js';

interface Operation {
  readonly name: FlatBinaryName;
  readonly dtypes: readonly DataType[];
  /** Default: that of the operands. */
  readonly result?: DataType;
}

const numbers: readonly DataType[] = ['float32', 'int32'];
const whole: readonly DataType[] = ['int32'];

const arithmetic = (name: FlatBinaryName, dtypes = numbers): Operation => ({ name, dtypes });
const comparison = (name: FlatBinaryName): Operation => ({ name, dtypes: numbers, result: 'bool' });
const logic = (name: FlatBinaryName): Operation => ({ name, dtypes: ['bool'], result: 'bool' });

/** By TensorFlow.js's names. Quotients of floats have programs that round as on the CPU. */
const operations: Readonly<Record<string, Operation>> = {
  Add: arithmetic('add'),
  Sub: arithmetic('subtract'),
  Multiply: arithmetic('multiply'),
  SquaredDifference: arithmetic('squaredDifference'),
  Maximum: arithmetic('maximum'),
  Minimum: arithmetic('minimum'),
  RealDiv: arithmetic('divide', ['float32']),
  FloorDiv: arithmetic('floorDivide', whole),
  Mod: arithmetic('rest', whole),
  Equal: comparison('equal'),
  NotEqual: comparison('notEqual'),
  Less: comparison('less'),
  LessEqual: comparison('lessEqual'),
  Greater: comparison('greater'),
  GreaterEqual: comparison('greaterEqual'),
  LogicalAnd: logic('and'),
  LogicalOr: logic('or'),
};

/** How many values lie between neighbours along each axis; none where the operand is repeated. */
function stridesIn(operand: readonly number[], shape: readonly number[]): number[] {
  const missing = shape.length - operand.length;
  const steps = util.computeStrides([...operand]).concat(1);
  return shape.map((_, i) => (i < missing || operand[i - missing] === 1 ? 0 : steps[i - missing]));
}

function binary({ name, dtypes, result }: Operation): FlatFunc {
  return ({ inputs, backend }) => {
    const { a, b } = inputs as Readonly<Record<'a' | 'b', TensorInfo>>;
    if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return undefined;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (!isSmall(shape)) return undefined;
    const [ofA, ofB] = [a, b].map((operand) => stridesIn(operand.shape, shape));
    const axes = fourAxes(
      shape.map((size, i) => ({ size, strides: [ofA[i], ofB[i]] })),
      2,
    );
    if (!axes) return undefined;
    const [first, second] = [a, b].map((operand) => sourceOf(backend, operand));
    const strides = (k: number) => ofFour(axes, (axis) => axis.strides[k]);
    return drawList(backend, shape, result ?? a.dtype, (list) =>
      bind(
        flatBinaryProgram(),
        { a: first.texture, b: second.texture },
        {
          ...{ aPlace: first.place, bPlace: second.place, aStrides: strides(0), bStrides: strides(1) },
          ...{ sizes: ofFour(axes, ({ size }) => size), ...list, operation: operationOf(name) },
        },
      ),
    );
  };
}

export const flatBinary: Readonly<Record<string, FlatFunc>> = Object.fromEntries(
  Object.entries(operations).map(([kernelName, operation]) => [kernelName, binary(operation)]),
);
