// The public names of `tfjs-backend-convnet/layers`: each layer of Keras as a class and as a function that makes one.

export * from './layers/activation/public.js';
export { installKerasLayers } from './layers/allLayers.js';
export * from './layers/applications/public.js';
export * from './layers/attention/public.js';
export type {
  ActivationLike,
  ConstraintLike,
  InitializerLike,
  LayerLike,
  RegularizerLike,
  Serialized,
} from './layers/base/identifiers.js';
export { imageDataFormat, setImageDataFormat } from './layers/base/imageDataFormat.js';
export { KerasLayer } from './layers/base/kerasLayer.js';
export type { BaseLayerArgs } from './layers/base/layerArgs.js';
export * from './layers/conv/public.js';
export { type InputArgs, input, input as Input } from './layers/core/input.js';
export * from './layers/core/public.js';
export * from './layers/merging/public.js';
export * from './layers/normalization/public.js';
export * from './layers/pooling/public.js';
export * from './layers/preprocessing/public.js';
export * from './layers/recurrent/public.js';
export { serializeLayer } from './layers/registry.js';
export * from './layers/regularization/public.js';
export * from './layers/reshaping/public.js';
export { type AdaptableLayer, type EnableLoraOptions, enableLora } from './layers/run/enableLora.js';
export {
  type KerasModel,
  type KerasSequential,
  Model,
  type ModelArgs,
  model,
  Sequential,
  type SequentialArgs,
  sequential,
  type TensorTree,
} from './layers/run/models.js';
