/**
 * Reads a TensorFlow.js model from its files, with the caller's function for reading one. `tf.loadLayersModel(url)`
 * works neither in Node, whose `fetch` refuses `file:`, nor with a bundler, which renames every file.
 */
import { io } from '@tensorflow/tfjs-core';

/** Reads one file; the path is relative to `node_modules`. */
export type ReadFile = (path: string) => Promise<ArrayBuffer>;

/**
 * An IOHandler for `tf.loadLayersModel` and `tf.loadGraphModel`. The weight files lie beside the `model.json` at
 * `path`.
 */
export function modelFiles(path: string, readFile: ReadFile): io.IOHandler {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return {
    load: async () => {
      const json = JSON.parse(new TextDecoder().decode(await readFile(path))) as io.ModelJSON;
      return io.getModelArtifactsForJSON(json, async (manifest) => {
        const names = manifest.flatMap((group) => group.paths);
        const shards = await Promise.all(names.map((name) => readFile(folder + name)));
        return [io.getWeightSpecs(manifest), io.concatenateArrayBuffers(shards)];
      });
    },
  };
}
