// How much of the WebGL benchmark runs: which layers and models, and for how long each. A software renderer does 1 GFLOP/s.

import type { Budget } from './measure.js';
import { coreModels, modelNamed, wholeModels } from './models.js';
import type { Pass } from './problem.js';
import { coreLayers, type Layer, layers } from './shapes.js';

export interface WebglSettings {
  readonly quick: boolean;
  readonly layers: Readonly<Record<Pass, readonly Layer[]>>;
  /** Larger layers are left out. */
  readonly mflop: Readonly<Record<Pass, number>>;
  readonly models: readonly string[];
  readonly budgets: {
    readonly layers: Budget;
    readonly gradients: Budget;
    readonly models: Budget;
  };
  readonly firstPredictions: number;
}

const core = { forward: coreLayers, gradInput: coreLayers, gradFilter: coreLayers };
const namesOf = (models: readonly { readonly name: string }[]) => models.map(({ name }) => name);

export const fullSettings: WebglSettings = {
  quick: false,
  layers: { ...core, forward: layers },
  mflop: { forward: 240, gradInput: 240, gradFilter: 240 },
  models: namesOf(wholeModels),
  budgets: {
    layers: { minRounds: 5, maxRounds: 15, ms: 1000 },
    gradients: { minRounds: 3, maxRounds: 15, ms: 1000 },
    models: { minRounds: 3, maxRounds: 9, ms: 6000 },
  },
  firstPredictions: 1,
};

const quickBudgets: WebglSettings['budgets'] = {
  layers: { minRounds: 3, maxRounds: 5, ms: 150 },
  gradients: { minRounds: 3, maxRounds: 5, ms: 150 },
  models: { minRounds: 3, maxRounds: 5, ms: 1000 },
};

export const quickSettings: WebglSettings = {
  quick: true,
  layers: core,
  mflop: { forward: 160, gradInput: 30, gradFilter: 30 },
  models: namesOf(coreModels),
  budgets: quickBudgets,
  firstPredictions: 1,
};

/** Few rounds of layers that are worth a GPU's time. */
export const gpuSettings: WebglSettings = {
  ...quickSettings,
  mflop: fullSettings.mflop,
  models: namesOf([modelNamed('esrgan-slim-x2 128x128'), modelNamed('nsfw-mobilenet-v2 224x224')]),
};
