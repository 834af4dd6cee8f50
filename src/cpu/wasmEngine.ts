export { jsEngine as wasmEngine } from './jsEngine.js';
