// The version and backend that saved files name. Keras reads neither when it loads a .keras file.

/** The version of Keras whose files the saved files match. */
export const KERAS_VERSION = '3.15.1';
export const KERAS_BACKEND = 'tensorflow.js';
