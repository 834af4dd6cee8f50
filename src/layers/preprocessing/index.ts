// Preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { CategoryEncoding } from './lookup/categoryEncoding.js';
import { Discretization } from './lookup/discretization.js';
import { HashedCrossing } from './lookup/hashedCrossing.js';
import { Hashing } from './lookup/hashing.js';
import { IntegerLookup } from './lookup/integerLookup.js';
import { StringLookup } from './lookup/stringLookup.js';
import { TextVectorization } from './lookup/textVectorization.js';
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
  TextVectorization,
  StringLookup,
  IntegerLookup,
  CategoryEncoding,
  Hashing,
  HashedCrossing,
  Discretization,
] as readonly KerasLayerClass[];
