// The public names of Keras's activation layers: https://keras.io/api/layers/activation_layers/

export { Activation, type ActivationArgs, activation } from './activation.js';
export { PReLU, type PReLUArgs, prelu } from './prelu.js';
export {
  ELU,
  type ELUArgs,
  elu,
  LeakyReLU,
  type LeakyReLUArgs,
  leakyReLU,
  ReLU,
  type ReLUArgs,
  reLU,
  ThresholdedReLU,
  type ThresholdedReLUArgs,
  thresholdedReLU,
} from './rectifiers.js';
export { Softmax, type SoftmaxArgs, softmax } from './softmax.js';
