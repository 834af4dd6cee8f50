// Everything in one script, for pages without a bundler: the global `convnet` with `convnet.layers`, `convnet.keras`
// and `convnet.training`.

export * from './index.js';
export * as keras from './keras.js';
export * as layers from './layers.js';
export * as training from './training.js';
