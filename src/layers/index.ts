// The public names of `tfjs-backend-convnet/layers`.

export type { BaseLayerArgs } from './base/kerasLayer.js';
export { KerasLayer } from './base/kerasLayer.js';
export { Conv2D, type Conv2DArgs, conv2d } from './conv/conv2d.js';
export type { LoraOptions } from './conv/lora.js';
export { installKerasLayers, serializeLayer } from './registry.js';
