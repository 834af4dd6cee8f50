import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { demoPages, pageFrame } from './pageFrame.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

// Threads need SharedArrayBuffer, and that needs a page that shares its process with no other site.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the built page works from any folder of a web server.
  base: './',
  plugins: [pageFrame()],
  server: { headers, fs: { allow: [repository] } },
  preview: { headers },
  // Without this list Vite finds the packages one by one while the page loads, and reloads it each time.
  optimizeDeps: {
    include: [
      ...['core', 'layers', 'backend-cpu', 'backend-webgl', 'backend-wasm', 'converter'].map(
        (part) => `@tensorflow/tfjs-${part}`,
      ),
      '@tensorflow/tfjs',
      'fflate',
      'uplot',
    ],
  },
  build: {
    outDir: `${repository}/.build/demo`,
    emptyOutDir: true,
    // tfjs-backend-wasm starts its threads from the source text of one of its functions. A compressor would simplify
    // that function by its scope (`typeof _scriptDir`), and in a worker, without that scope, the text would fail. So
    // only white space is removed.
    minify: false,
    rolldownOptions: {
      input: Object.keys(demoPages).map((page) => fileURLToPath(new URL(page, import.meta.url))),
      output: { minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } } },
    },
    // Most of the page is TensorFlow.js, which makes one large chunk.
    chunkSizeWarningLimit: 4096,
  },
});
