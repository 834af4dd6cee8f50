// Preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { MelSpectrogram } from './audio/melSpectrogram.js';
import { STFTSpectrogram } from './audio/stftSpectrogram.js';
import { AugMix, RandAugment } from './augmentPolicies.js';
import { AutoContrast } from './autoContrast.js';
import { ContrastLimitedAdaptiveHistogramEqualization } from './clahe.js';
import { RandomColorJitter } from './colorJitter.js';
import { Equalization } from './equalization.js';
import { CategoryEncoding } from './lookup/categoryEncoding.js';
import { Discretization } from './lookup/discretization.js';
import { HashedCrossing } from './lookup/hashedCrossing.js';
import { Hashing } from './lookup/hashing.js';
import { IntegerLookup } from './lookup/integerLookup.js';
import { StringLookup } from './lookup/stringLookup.js';
import { TextVectorization } from './lookup/textVectorization.js';
import { CutMix, MaxNumBoundingBoxes, MixUp } from './mixing.js';
import { Pipeline } from './pipeline.js';
import { RandomRotation, RandomTranslation, RandomZoom } from './randomAffine.js';
import { RandomBrightness, RandomContrast } from './randomColors.js';
import { RandomCrop, RandomFlip } from './randomGeometry.js';
import { RandomColorDegeneration, RandomGrayscale, RandomHue, RandomSaturation } from './randomHues.js';
import { RandomErasing, RandomGaussianBlur } from './randomPatches.js';
import { RandomHeight, RandomWidth } from './randomSizes.js';
import { RandomInvert, RandomPosterization, RandomSharpness, Solarization } from './randomValues.js';
import { RandomElasticTransform, RandomPerspective, RandomShear } from './randomWarps.js';
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
  RandomHeight,
  RandomWidth,
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
  MelSpectrogram,
  STFTSpectrogram,
  AugMix,
  Equalization,
  RandAugment,
  Solarization,
  AutoContrast,
  CutMix,
  MaxNumBoundingBoxes,
  MixUp,
  Pipeline,
  ContrastLimitedAdaptiveHistogramEqualization,
] as readonly KerasLayerClass[];
