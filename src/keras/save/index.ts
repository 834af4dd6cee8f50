// Writing Keras files.

export { kerasOrder } from '../graph/order.js';
export { installKerasSaving, KERAS_SCHEME, kerasFileSaver } from './saveHandler.js';
export { type KerasFormat, kerasFormats, type SaveKerasOptions, saveKerasModel } from './saveKerasModel.js';
