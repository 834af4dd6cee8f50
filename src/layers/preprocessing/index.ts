// Preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { passThroughLayers } from './passThroughLayers.js';
import { RandomBrightness, RandomContrast } from './randomColors.js';
import { RandomCrop, RandomFlip, RandomRotation, RandomTranslation, RandomZoom } from './randomGeometry.js';
import { Rescaling } from './rescaling.js';
import { CenterCrop, Resizing } from './resizing.js';

export { RandomBrightness, type RandomColorsArgs, RandomContrast } from './randomColors.js';
export {
  RandomCrop,
  type RandomCropArgs,
  RandomFlip,
  type RandomFlipArgs,
  RandomRotation,
  type RandomRotationArgs,
  RandomTranslation,
  type RandomTranslationArgs,
  RandomZoom,
  type RandomZoomArgs,
} from './randomGeometry.js';
export { Rescaling, type RescalingArgs } from './rescaling.js';
export { CenterCrop, type CenterCropArgs, Resizing, type ResizingArgs } from './resizing.js';

export const preprocessingLayers = [
  Rescaling,
  Resizing,
  CenterCrop,
  RandomFlip,
  RandomRotation,
  RandomZoom,
  RandomTranslation,
  RandomContrast,
  RandomBrightness,
  RandomCrop,
  ...passThroughLayers,
] as readonly KerasLayerClass[];
