// Everything in one script, for pages without a bundler: the global `convnet` with `convnet.layers` and `convnet.keras`.

export * from './index.js';
export * as keras from './keras.js';
export * as layers from './layers.js';
