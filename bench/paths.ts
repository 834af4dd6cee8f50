// Paths below the repository's root, and so below the root of the page's server.

/** TensorFlow.js's own WebAssembly backend: its binaries. */
export const WASM_FILES = 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/';
/** The page's script, as bundled. */
export const PAGE_BUNDLE = '.build/bench/';
/** ONNX Runtime's WebAssembly build, once it is installed. */
export const ORT_FILES = 'bench/node_modules/onnxruntime-web/dist/';
/** Where the page's server gives a layer as an ONNX model: `?layer=<name>`. */
export const ONNX_PATH = 'onnx';
