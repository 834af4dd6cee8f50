// The public names of `tfjs-backend-convnet/keras`. Importing it makes `model.save('keras://...')` work, and changes nothing
// else.

import { installKerasSaving } from './keras/save/saveHandler.js';

export { KerasFileError } from './formats/kerasFileError.js';
export type { FileHandleLike, KerasSource, NamedBytes } from './formats/source/openSource.js';
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
export { kerasFileSaver } from './keras/save/saveHandler.js';
export { type KerasFormat, type SaveKerasOptions, saveKerasModel } from './keras/save/saveKerasModel.js';
export type { UnknownLayer } from './keras/unknownLayers.js';
export { imageDataFormat, setImageDataFormat } from './layers/base/imageDataFormat.js';
export type { KerasModel, TensorTree } from './layers/run/models.js';

installKerasSaving();
