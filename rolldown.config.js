// Builds dist/ from src/: an ES module and a CommonJS build whose entries share chunks (module state exists once per
// build), and script-tag bundles that use the page's global `tf`: the backend alone, and with the Keras parts.
//
// The one table of entries is `exports` in package.json: `./dist/esm/<name>.js` is built from `src/<name>.ts`. Commands are
// in `bin`: `./dist/esm/<path>.js` is built from `src/<path>.ts`, as one more entry of the ES modules, so that it runs on
// the same chunks as an app.
//
// The package holds no source maps and no comments but those that bundlers read: with them it would be 34 MB, not 6. The
// declarations have the documentation.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { missingPeers } from './tools/missingPeers.mjs';
import { pureInitializers } from './tools/pureInitializers.mjs';

const { bin, dependencies = {}, exports, name, version } = JSON.parse(readFileSync('package.json', 'utf8'));

const nameOf = (/** @type {string} */ file) => file.replace(/^\.\/dist\/esm\/(.+)\.js$/, '$1');

export const entries = Object.fromEntries(
  Object.values(exports)
    .filter((target) => target.import)
    .map(({ import: target }) => nameOf(target.default))
    .map((name) => [name, `src/${name}.ts`]),
);

const commands = Object.fromEntries(
  Object.values(bin)
    .map(nameOf)
    .map((path) => [path, `src/${path}.ts`]),
);

const isTensorFlow = /^@tensorflow\//;
const installed = [isTensorFlow, /^node:/, ...Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`))];
const resolve = { extensionAlias: { '.js': ['.ts', '.js'] } };
const comments = { legal: true, annotation: true, jsdoc: false };
const banner = `/*! ${name} ${version} | Apache-2.0 */`;

/**
 * What apps load on demand, or leave out where an entry merely passes it on: files of their own, in a folder that
 * package.json does not list under `sideEffects`. Without these groups they would share a file with what every app has.
 */
const parts = [
  {
    name: 'save',
    test: /[\\/]src[\\/]keras[\\/]save[\\/](?!saveHandler|formatOfName|saveOnDemand|h5Tree|isTrainable)/,
  },
  { name: 'optimizers', test: /[\\/]src[\\/]layers[\\/]optimizers[\\/]/ },
  { name: 'compile', test: /[\\/]src[\\/]keras[\\/]compile[\\/](?!readCompilation)/ },
  { name: 'allLayers', test: /[\\/]src[\\/]layers[\\/]allLayers/ },
];

/** @param {'esm' | 'cjs'} format @returns {import('rolldown').RolldownOptions} */
const library = (format) => ({
  input: format === 'esm' ? { ...entries, ...commands } : entries,
  platform: 'neutral',
  external: installed,
  resolve,
  // Both name the module for createRequire(). Without this the other form would have no name at all.
  transform: format === 'cjs' ? { define: { 'import.meta.url': '__filename' } } : {},
  plugins: format === 'cjs' ? [pureInitializers(), missingPeers()] : [pureInitializers()],
  output: {
    dir: `dist/${format}`,
    format,
    banner,
    comments,
    // Bundlers, which rename anyway, read the ES modules; the other form is for Node alone.
    minify: {
      compress: false,
      mangle: format === 'cjs' && { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: true },
    },
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => `${parts.some((part) => part.name === name) ? 'parts' : 'chunks'}/[name]-[hash].js`,
    codeSplitting: { groups: parts, includeDependenciesRecursively: false },
  },
});

/** @param {string} input @param {string} file @returns {import('rolldown').RolldownOptions} */
const scriptTag = (input, file) => ({
  input,
  platform: 'browser',
  external: isTensorFlow,
  resolve,
  output: {
    file: `dist/${file}.min.js`,
    format: 'iife',
    name: 'convnet',
    globals: () => 'tf', // each of the TensorFlow.js packages adds its names to the one global
    banner,
    comments,
    minify: true,
    codeSplitting: false,
  },
});

export default defineConfig([
  library('esm'),
  library('cjs'),
  scriptTag(entries.index, 'convnet'),
  scriptTag('src/all.ts', 'convnet-all'),
]);
