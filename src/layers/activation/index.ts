// Activation functions as layers: https://keras.io/api/layers/activation_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Activation } from './activation.js';
import { PReLU } from './prelu.js';
import { ELU, LeakyReLU, ReLU, ThresholdedReLU } from './rectifiers.js';
import { Softmax } from './softmax.js';

export { Activation, type ActivationArgs } from './activation.js';
export { PReLU, type PReLUArgs } from './prelu.js';
export {
  ELU,
  type ELUArgs,
  LeakyReLU,
  type LeakyReLUArgs,
  ReLU,
  type ReLUArgs,
  ThresholdedReLU,
  type ThresholdedReLUArgs,
} from './rectifiers.js';
export { Softmax, type SoftmaxArgs } from './softmax.js';

export const activationLayers = [
  Activation,
  ReLU,
  LeakyReLU,
  ELU,
  PReLU,
  Softmax,
  ThresholdedReLU,
] as readonly KerasLayerClass[];
