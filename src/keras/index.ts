// The public names of `tfjs-backend-convnet/keras`.

export { KerasFileError } from './files/errors.js';
export type { FileHandleLike, KerasSource, NamedBytes } from './files/source.js';
export {
  type InspectedLayer,
  type InspectedWeight,
  type InspectOptions,
  inspectKerasFile,
  type KerasFileInfo,
} from './inspect.js';
export { kerasFile } from './kerasFile.js';
export { type LoadOptions, type LoadWeightsOptions, loadKerasModel, loadKerasWeights } from './load.js';
