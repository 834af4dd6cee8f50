// Whole networks with trained weights: from development dependencies (see test/support/models/README.md), and those that
// other people ship (shippedModels.ts).

import type * as tf from '@tensorflow/tfjs';
import { esrganX2, nsfwInceptionV3, nsfwMobilenetV2, type ReadFile } from '../../test/support/models/index.js';
import { loadShipped, namedShipped } from './shippedModels.js';

export interface BenchModel {
  readonly name: string;
  /** Height and width of the picture, which has three channels. */
  readonly size: number;
  /** Default: float32. */
  readonly dtype?: 'int32';
  /** Whether other people's packages ship it: their factors are averaged. */
  readonly isShipped?: true;
  /** Whether it lies in a package that only the benchmark installs. */
  readonly isPeer?: true;
  /** Input values are 0..brightest. */
  readonly brightest: number;
  /** `quick`: bench, and the others with `--quick`; `whole`: whole runs of bench:cpu and bench:webgl. */
  readonly runs: readonly ('quick' | 'whole')[];
  load(readFile: ReadFile): Promise<tf.LayersModel | tf.GraphModel>;
}

/** From the repository's node_modules. */
const PEERS = '../bench/node_modules/';

const esrgan = { brightest: 255, load: esrganX2 };
const mobilenet = { size: 224, brightest: 1, isShipped: true, load: nsfwMobilenetV2 } as const;
const inception = { size: 299, brightest: 1, load: nsfwInceptionV3 };

const shipped = namedShipped.map((model): BenchModel => {
  const { name, shape, dtype, brightest } = model;
  const load: BenchModel['load'] = (readFile) => loadShipped(model, (path) => readFile(`${PEERS}${path}`));
  const flags = { isShipped: true, isPeer: true } as const;
  return { name, size: shape[1], brightest, runs: ['whole'], load, ...flags, ...(dtype === 'int32' && { dtype }) };
});

export const models: readonly BenchModel[] = [
  { name: 'esrgan-slim-x2 64x64', size: 64, runs: ['quick'], ...esrgan },
  { name: 'esrgan-slim-x2 128x128', size: 128, runs: ['whole'], ...esrgan },
  { name: 'nsfw-mobilenet-v2 224x224', runs: ['quick', 'whole'], ...mobilenet },
  { name: 'nsfw-inception-v3 299x299', runs: ['whole'], ...inception },
  ...shipped,
];
