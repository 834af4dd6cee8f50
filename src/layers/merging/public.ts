// The public names of Keras's merging layers: https://keras.io/api/layers/merging_layers/

export { Concatenate, type ConcatenateArgs, concatenate } from './concatenate.js';
export { Dot, type DotArgs, dot } from './dot.js';
export {
  Add,
  Average,
  add,
  average,
  Maximum,
  type MergeArgs,
  Minimum,
  Multiply,
  maximum,
  minimum,
  multiply,
  Subtract,
  subtract,
} from './elementwiseMerging.js';
