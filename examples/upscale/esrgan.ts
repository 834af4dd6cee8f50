/**
 * The network of both examples: ESRGAN-slim x2 by Kevin Scott (MIT), a residual dense network trained with Keras 2.10
 * on DIV2K. 12 convolutions, 222 075 weights, no custom layer, any input size; it takes and returns RGB as floats of
 * 0..255 (package `@upscalerjs/esrgan-slim`, `inputRange` and `outputRange` of its x2 definition).
 */
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { modelFiles, type ReadFile } from './modelFiles.js';

export const ESRGAN_X2 = {
  title: 'ESRGAN-slim x2',
  path: '@upscalerjs/esrgan-slim/models/x2/model.json',
  /** Output pixels per input pixel, along each axis. */
  scale: 2,
  /**
   * The radius of the field of view in input pixels: one for each 3x3 convolution on the longest path (F_m1, F_0,
   * F_1_1, F_2_1, GFF_2, UPN2, UPN3), two for the 5x5 one (UPN1), and half a pixel, rounded up, for the 3x3 one after
   * the upsampling (SR).
   */
  margin: 10,
} as const;

export function loadEsrganX2(readFile: ReadFile): Promise<LayersModel> {
  return loadLayersModel(modelFiles(ESRGAN_X2.path, readFile));
}
