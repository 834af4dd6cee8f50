// The public names of Keras's preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

export { MelSpectrogram, type MelSpectrogramArgs, melSpectrogram } from './audio/melSpectrogram.js';
export { STFTSpectrogram, type STFTSpectrogramArgs, stftSpectrogram } from './audio/stftSpectrogram.js';
export { AugMix, type AugMixArgs, augMix, RandAugment, type RandAugmentArgs, randAugment } from './augmentPolicies.js';
export { AutoContrast, type AutoContrastArgs, autoContrast } from './autoContrast.js';
export {
  ContrastLimitedAdaptiveHistogramEqualization,
  type ContrastLimitedAdaptiveHistogramEqualizationArgs,
  contrastLimitedAdaptiveHistogramEqualization,
} from './clahe.js';
export { RandomColorJitter, type RandomColorJitterArgs, randomColorJitter } from './colorJitter.js';
export { Equalization, type EqualizationArgs, equalization } from './equalization.js';
export { CategoryEncoding, type CategoryEncodingArgs, categoryEncoding } from './lookup/categoryEncoding.js';
export { Discretization, type DiscretizationArgs, discretization } from './lookup/discretization.js';
export { HashedCrossing, type HashedCrossingArgs, hashedCrossing } from './lookup/hashedCrossing.js';
export { Hashing, type HashingArgs, hashing } from './lookup/hashing.js';
export { IntegerLookup, type IntegerLookupArgs, integerLookup } from './lookup/integerLookup.js';
export { StringLookup, type StringLookupArgs, stringLookup } from './lookup/stringLookup.js';
export { TextVectorization, type TextVectorizationArgs, textVectorization } from './lookup/textVectorization.js';
export {
  CutMix,
  type CutMixArgs,
  cutMix,
  MaxNumBoundingBoxes,
  type MaxNumBoundingBoxesArgs,
  MixUp,
  type MixUpArgs,
  maxNumBoundingBoxes,
  mixUp,
} from './mixing.js';
export { Pipeline, type PipelineArgs, pipeline } from './pipeline.js';
export {
  RandomRotation,
  type RandomRotationArgs,
  RandomTranslation,
  type RandomTranslationArgs,
  RandomZoom,
  type RandomZoomArgs,
  randomRotation,
  randomTranslation,
  randomZoom,
} from './randomAffine.js';
export {
  RandomBrightness,
  type RandomColorsArgs,
  RandomContrast,
  randomBrightness,
  randomContrast,
} from './randomColors.js';
export {
  RandomCrop,
  type RandomCropArgs,
  RandomFlip,
  type RandomFlipArgs,
  randomCrop,
  randomFlip,
} from './randomGeometry.js';
export {
  RandomColorDegeneration,
  type RandomColorDegenerationArgs,
  RandomGrayscale,
  type RandomGrayscaleArgs,
  RandomHue,
  type RandomHueArgs,
  RandomSaturation,
  type RandomSaturationArgs,
  randomColorDegeneration,
  randomGrayscale,
  randomHue,
  randomSaturation,
} from './randomHues.js';
export {
  RandomErasing,
  type RandomErasingArgs,
  RandomGaussianBlur,
  type RandomGaussianBlurArgs,
  randomErasing,
  randomGaussianBlur,
} from './randomPatches.js';
export { RandomHeight, type RandomSizeArgs, RandomWidth, randomHeight, randomWidth } from './randomSizes.js';
export {
  RandomInvert,
  type RandomInvertArgs,
  RandomPosterization,
  type RandomPosterizationArgs,
  RandomSharpness,
  type RandomSharpnessArgs,
  randomInvert,
  randomPosterization,
  randomSharpness,
  Solarization,
  type SolarizationArgs,
  solarization,
} from './randomValues.js';
export {
  RandomElasticTransform,
  type RandomElasticTransformArgs,
  RandomPerspective,
  type RandomPerspectiveArgs,
  RandomShear,
  type RandomShearArgs,
  randomElasticTransform,
  randomPerspective,
  randomShear,
} from './randomWarps.js';
export { Rescaling, type RescalingArgs, rescaling } from './rescaling.js';
export { CenterCrop, type CenterCropArgs, centerCrop, Resizing, type ResizingArgs, resizing } from './resizing.js';
