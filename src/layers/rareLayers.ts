// Layers that few networks have: they come on demand, when a file names one.

import type { KerasLayerClass } from './base/kerasLayer.js';
import { LocallyConnected1D, LocallyConnected2D } from './conv/locallyConnected.js';
import { preprocessingLayers } from './preprocessing/index.js';

export const rareLayers: readonly KerasLayerClass[] = [
  ...preprocessingLayers,
  ...([LocallyConnected1D, LocallyConnected2D] as readonly unknown[] as readonly KerasLayerClass[]),
];
