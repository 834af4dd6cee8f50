// What runs inside the page of headless Chromium for bench/training.ts.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../contestants/tfjsBackend.js';
import { type OptimizerCost, optimizerCost } from '../measure/optimizerCost.js';
import { named } from '../tables/named.js';
import { trainedOptimizers } from '../tables/trainedOptimizers.js';
import { trainedNetworks } from '../tables/training.js';

interface Request {
  readonly name: string;
  readonly optimizer: string;
  readonly steps: number;
}

declare global {
  var training: { cost(request: Request): Promise<OptimizerCost> };
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer

globalThis.training = {
  async cost({ name, optimizer, steps }) {
    await useBackend('convnet-webgl');
    const clock = () => performance.now();
    const cost = await optimizerCost(named(trainedNetworks, name), trainedOptimizers[optimizer](), steps, clock);
    return { ...cost, network: `${name}, ${optimizer}` };
  },
};
