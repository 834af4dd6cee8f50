// Which tests run a second time, in a newer Node. What can differ there is V8: how it compiles WebAssembly, SIMD and
// threads, and Math's functions. The others would tell the same twice; CONTRIBUTING.md has the list and the reasons.

/** Beginnings of paths below test/. */
const ENGINE_INDEPENDENT = [
  ...['docs/', 'lint/', 'tools/', 'fuzzFiles/'],
  ...['cli/bench', 'cli/command', 'cli/convert', 'cli/inspect', 'cli/runMany'],
  ...['keras/greedy', 'keras/installed.', 'keras/save/fixtures', 'keras/shards'],
  ...['engines/cpu/runtime/largePictures', 'ops/composites', 'vision/large'],
];

/** @param {string} file below test/ */
export function dependsOnEngine(file) {
  return !ENGINE_INDEPENDENT.some((start) => file.startsWith(start));
}
