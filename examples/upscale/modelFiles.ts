/**
 * A TensorFlow.js model from its files, whatever they lie on: the caller says how one file is read.
 * (`tf.loadLayersModel(url)` cannot be used in Node, whose `fetch` refuses `file:`, nor with a bundler, which renames every file.)
 */
import { io } from '@tensorflow/tfjs-core';

/** Reads one file; the path is relative to `node_modules`. */
export type ReadFile = (path: string) => Promise<ArrayBuffer>;

/** For `tf.loadLayersModel` and `tf.loadGraphModel`: `path` names the `model.json`, the weight files lie beside it. */
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
