// The public names of Keras's preprocessing layers: https://keras.io/api/layers/preprocessing_layers/

export { CategoryEncoding, type CategoryEncodingArgs, categoryEncoding } from './lookup/categoryEncoding.js';
export { Discretization, type DiscretizationArgs, discretization } from './lookup/discretization.js';
export { HashedCrossing, type HashedCrossingArgs, hashedCrossing } from './lookup/hashedCrossing.js';
export { Hashing, type HashingArgs, hashing } from './lookup/hashing.js';
export { IntegerLookup, type IntegerLookupArgs, integerLookup } from './lookup/integerLookup.js';
export { StringLookup, type StringLookupArgs, stringLookup } from './lookup/stringLookup.js';
export { TextVectorization, type TextVectorizationArgs, textVectorization } from './lookup/textVectorization.js';
export {
  RandomColorDegeneration,
  type RandomColorDegenerationArgs,
  RandomColorJitter,
  type RandomColorJitterArgs,
  RandomGrayscale,
  type RandomGrayscaleArgs,
  RandomHue,
  type RandomHueArgs,
  RandomInvert,
  type RandomInvertArgs,
  RandomPosterization,
  type RandomPosterizationArgs,
  RandomSaturation,
  type RandomSaturationArgs,
  RandomSharpness,
  type RandomSharpnessArgs,
  randomColorDegeneration,
  randomColorJitter,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomPosterization,
  randomSaturation,
  randomSharpness,
} from './passThroughColors.js';
export {
  RandomElasticTransform,
  type RandomElasticTransformArgs,
  RandomErasing,
  type RandomErasingArgs,
  RandomGaussianBlur,
  type RandomGaussianBlurArgs,
  RandomPerspective,
  type RandomPerspectiveArgs,
  RandomShear,
  type RandomShearArgs,
  randomElasticTransform,
  randomErasing,
  randomGaussianBlur,
  randomPerspective,
  randomShear,
} from './passThroughImages.js';
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
  RandomRotation,
  type RandomRotationArgs,
  RandomTranslation,
  type RandomTranslationArgs,
  RandomZoom,
  type RandomZoomArgs,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from './randomGeometry.js';
export { Rescaling, type RescalingArgs, rescaling } from './rescaling.js';
export { CenterCrop, type CenterCropArgs, centerCrop, Resizing, type ResizingArgs, resizing } from './resizing.js';
