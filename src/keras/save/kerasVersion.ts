// Under what name the files go. Keras reads neither on loading a .keras file; what it writes itself is the safest.

/** The version of Keras whose files these are like. */
export const KERAS_VERSION = '3.15.1';
export const KERAS_BACKEND = 'tensorflow.js';
