// The public names of `tfjs-backend-convnet/keras`. Importing it makes `model.save('keras://...')` work, and changes nothing
// else.

import { installKerasSaving } from './save/index.js';

export { KerasFileError } from './files/errors.js';
export type { FileHandleLike, KerasSource, NamedBytes } from './files/source.js';
export type { CustomObjects } from './graph/custom.js';
export {
  type InspectedLayer,
  type InspectedWeight,
  type InspectOptions,
  inspectKerasFile,
  type KerasFileInfo,
} from './inspect.js';
export { kerasFile } from './kerasFile.js';
export { type LoadOptions, type LoadWeightsOptions, loadKerasModel, loadKerasWeights } from './load.js';
export { type KerasFormat, kerasFileSaver, type SaveKerasOptions, saveKerasModel } from './save/index.js';
export type { UnknownLayer } from './unknown.js';

installKerasSaving();
