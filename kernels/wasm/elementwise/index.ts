// Functions of single values, of pairs, and reductions.

export { argExtreme, type Extreme } from '../reduction/argMax.js';
export { type ReduceName, type ReduceOperands, reduce } from '../reduction/reduce.js';
export { softmax } from '../reduction/softmax.js';
export {
  type ActivationChoice,
  activate,
  addBroadcast,
  type BroadcastOperands,
  type OutputSizes,
  prelu,
} from './activate.js';
export { type Axis, broadcastAxes, collapse } from './axes.js';
export { type BinaryOperands, binary, binaryFlat } from './binary.js';
export type { Pattern } from './binaryProgram.js';
export { type BinaryName, binaryFunctions } from './binaryTable.js';
export { type BoolName, type BoolOperands, bools } from './bools.js';
export { type NormalizeOperands, normalize } from './normalize.js';
export { type UnaryName, type UnaryOperands, unary, unaryNames } from './unary.js';
