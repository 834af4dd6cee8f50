// Functions of single values, of pairs with broadcasting, of booleans, batch normalization, and updates of optimizers.

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
export {
  fillNormalizeTable,
  type NormalizeParameters,
  normalize,
  normalizeGrad,
} from './normalize.js';
export { channelRow, fillChannelTable } from './perChannel.js';
export { type UnaryName, type UnaryOperands, unary, unaryNames } from './unary.js';
export { resultArg, update } from './update.js';
