// Paths below the repository's root, and so below the root of the page's server.

/** TensorFlow.js's own WebAssembly backend: its binaries. */
export const WASM_FILES = 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/';
/** The page's script, as bundled. */
export const PAGE_BUNDLE = '.build/bench/';
