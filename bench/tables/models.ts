// Whole networks with trained weights, from development dependencies (see test/support/models/README.md).

import type * as tf from '@tensorflow/tfjs';
import { esrganX2, nsfwInceptionV3, nsfwMobilenetV2, type ReadFile } from '../../test/support/models/index.js';

export interface BenchModel {
  readonly name: string;
  /** Height and width of the picture. */
  readonly size: number;
  /** Input values are 0..brightest. */
  readonly brightest: number;
  /** `quick`: bench, and the others with `--quick`; `whole`: whole runs of bench:cpu and bench:webgl. */
  readonly runs: readonly ('quick' | 'whole')[];
  load(readFile: ReadFile): Promise<tf.LayersModel | tf.GraphModel>;
}

const esrgan = { brightest: 255, load: esrganX2 };
const mobilenet = { size: 224, brightest: 1, load: nsfwMobilenetV2 };
const inception = { size: 299, brightest: 1, load: nsfwInceptionV3 };

export const models: readonly BenchModel[] = [
  { name: 'esrgan-slim-x2 64x64', size: 64, runs: ['quick'], ...esrgan },
  { name: 'esrgan-slim-x2 128x128', size: 128, runs: ['whole'], ...esrgan },
  { name: 'nsfw-mobilenet-v2 224x224', runs: ['quick', 'whole'], ...mobilenet },
  { name: 'nsfw-inception-v3 299x299', runs: ['whole'], ...inception },
];
