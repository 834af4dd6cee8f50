// The public names of `tfjs-backend-convnet/vision`: what people need around a network that takes pictures.

export type { RankedClass } from './pictures/modelOutputs.js';
export type { Picture } from './pictures/picture.js';
export { type DecodeOptions, decodePredictions } from './vision/decodePredictions.js';
export type { PictureSource } from './vision/pictureSource.js';
export { type PictureOptions, pictureToTensor } from './vision/pictureToTensor.js';
export { type FinishedRows, type FloatPicture, predictTiled, type TiledOptions } from './vision/predictTiled.js';
export type { PixelMode, Preprocessing } from './vision/preprocessing.js';
export { type Frame, type FramesOptions, frames } from './vision/videoFrames.js';
