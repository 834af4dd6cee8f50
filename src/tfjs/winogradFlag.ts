// The flag CONVNET_WINOGRAD, which all engines of ours follow.

import { env } from '@tensorflow/tfjs-core';
import { type WinogradChoice, winogradChoices } from '../../kernels/winograd.js';
import { chosenFlag } from './flags.js';

env().registerFlag('CONVNET_WINOGRAD', () => 'auto');

/** Read at each convolution. */
export function winogradChoice(): WinogradChoice {
  return chosenFlag('CONVNET_WINOGRAD', winogradChoices);
}
