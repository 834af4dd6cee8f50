// Writing Keras files.

export { kerasOrder } from '../graph/layerOrder.js';
export { installKerasSaving, KERAS_SCHEME, kerasFileSaver } from './saveHandler.js';
export { type KerasFormat, kerasFormats, type SaveKerasOptions, saveKerasModel } from './saveKerasModel.js';
