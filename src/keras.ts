// The public names of `tfjs-backend-convnet/keras`. Importing it makes `model.save('keras://...')` work, and changes nothing
// else.

import { installKerasSaving } from './keras/save/saveHandler.js';

export { KerasFileError } from './formats/kerasFileError.js';
export { clearModelCache } from './formats/source/modelCache.js';
export type { FileHandleLike, FolderHandleLike, KerasSource, NamedBytes } from './formats/source/openSource.js';
export type { CustomObjects } from './keras/graph/customObjects.js';
export {
  type InspectedLayer,
  type InspectedWeight,
  type InspectOptions,
  inspectKerasFile,
  type KerasFileInfo,
} from './keras/inspectKerasFile.js';
export { kerasFile } from './keras/kerasFile.js';
export { type LoadOptions, type LoadWeightsOptions, loadKerasModel, loadKerasWeights } from './keras/loadKerasModel.js';
export type { KerasFormat } from './keras/save/formatOfName.js';
export { kerasFileSaver } from './keras/save/saveHandler.js';
export { saveKerasModel } from './keras/save/saveOnDemand.js';
export type { SaveKerasOptions } from './keras/save/saveOptions.js';
export type { UnknownLayer } from './keras/unknownLayers.js';
export { imageDataFormat, setImageDataFormat } from './layers/base/imageDataFormat.js';
export {
  type CustomLoss,
  getLoss,
  type LossFunction,
  type LossOptions,
  type Reduction,
} from './layers/losses/losses.js';
export { getMetric, type MetricFunction } from './layers/losses/metrics.js';
export { Adafactor, type AdafactorArgs } from './layers/optimizers/adafactor.js';
export { Adam, type AdamArgs, AdamW, type MomentsArgs } from './layers/optimizers/adam.js';
export {
  Adadelta,
  type AdadeltaArgs,
  Adagrad,
  type AdagradArgs,
  RMSprop,
  type RMSpropArgs,
} from './layers/optimizers/adaptive.js';
export type { LearningRate, OptimizerArgs } from './layers/optimizers/commonArgs.js';
export { Ftrl, type FtrlArgs } from './layers/optimizers/ftrl.js';
export { Lion, type LionArgs, SGD, type SGDArgs } from './layers/optimizers/gradientDescent.js';
export { KerasOptimizer } from './layers/optimizers/kerasOptimizer.js';
export { type LossScaleArgs, LossScaleOptimizer } from './layers/optimizers/lossScale.js';
export { Adamax, Lamb, Nadam, ScheduleFreeAdamW, type ScheduleFreeAdamWArgs } from './layers/optimizers/moments.js';
export { Muon, type MuonArgs } from './layers/optimizers/muon.js';
export { getOptimizer, type OptimizerOptions } from './layers/optimizers/optimizers.js';
export {
  CosineDecay,
  type CosineDecayArgs,
  CosineDecayRestarts,
  type CosineDecayRestartsArgs,
  type DecayArgs,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRateSchedule,
  PiecewiseConstantDecay,
  type PiecewiseConstantDecayArgs,
  PolynomialDecay,
  type PolynomialDecayArgs,
} from './layers/optimizers/schedules.js';
export type { KerasModel, TensorTree } from './layers/run/models.js';

installKerasSaving();
