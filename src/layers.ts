// The public names of `tfjs-backend-convnet/layers`.

export type { BaseLayerArgs } from './layers/base/kerasLayer.js';
export { KerasLayer } from './layers/base/kerasLayer.js';
export { Conv2D, type Conv2DArgs, conv2d } from './layers/conv/conv2d.js';
export type { LoraOptions } from './layers/conv/lora.js';
export { installKerasLayers, serializeLayer } from './layers/registry.js';
