// Preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import {
  RandomColorDegeneration,
  RandomColorJitter,
  RandomGrayscale,
  RandomHue,
  RandomInvert,
  RandomPosterization,
  RandomSaturation,
  RandomSharpness,
} from './passThroughColors.js';
import {
  RandomElasticTransform,
  RandomErasing,
  RandomGaussianBlur,
  RandomPerspective,
  RandomShear,
} from './passThroughImages.js';
import { RandomBrightness, RandomContrast } from './randomColors.js';
import { RandomCrop, RandomFlip, RandomRotation, RandomTranslation, RandomZoom } from './randomGeometry.js';
import { Rescaling } from './rescaling.js';
import { CenterCrop, Resizing } from './resizing.js';

export * from './public.js';

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
  RandomShear,
  RandomPerspective,
  RandomElasticTransform,
  RandomHue,
  RandomSaturation,
  RandomGrayscale,
  RandomInvert,
  RandomPosterization,
  RandomSharpness,
  RandomColorDegeneration,
  RandomColorJitter,
  RandomErasing,
  RandomGaussianBlur,
] as readonly KerasLayerClass[];
