// Where @tensorflow/tfjs-converter keeps the ops of graph models, to be imported on demand. Its names stand alone here: a
// bundler that meets `import()` of the whole package keeps the executors too, and all of TensorFlow.js's operations.

export { deregisterOp, registerOp } from '@tensorflow/tfjs-converter';
