// Activation functions as layers: https://keras.io/api/layers/activation_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Activation } from './activation.js';
import { PReLU } from './prelu.js';
import { ELU, LeakyReLU, ReLU, ThresholdedReLU } from './rectifiers.js';
import { Softmax } from './softmax.js';

export * from './public.js';

export const activationLayers = [
  Activation,
  ReLU,
  LeakyReLU,
  ELU,
  PReLU,
  Softmax,
  ThresholdedReLU,
] as readonly KerasLayerClass[];
