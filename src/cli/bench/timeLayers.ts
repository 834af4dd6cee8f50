// Times each layer by wrapping its call(). Backends on the CPU compute within the call, so this is the time of the
// layer. The time of layers within a layer (Bidirectional, ...) counts for the outer layer.

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { everyLayerOf } from '../../tfjs/everyLayer.js';

export interface LayerTime {
  readonly name: string;
  readonly className: string;
  readonly outputShape: unknown;
  readonly parameters: number;
  readonly calls: number;
  readonly ms: number;
}

interface Watched {
  readonly path: string;
  readonly layer: layers.Layer;
  calls: number;
  ms: number;
}

/**
 * Runs `work`, which must predict `runs` times with the model. The times and calls of the result are those of one
 * prediction.
 */
export async function timeLayers(model: LayersModel, runs: number, work: () => Promise<void>): Promise<LayerTime[]> {
  const watched = innermostLayers(model, '').map(({ layer, path }): Watched => ({ layer, path, calls: 0, ms: 0 }));
  for (const entry of watched) watch(entry);
  try {
    await work();
  } finally {
    // Without the own property the method of the class is found again.
    for (const { layer } of watched) Reflect.deleteProperty(layer, 'call');
  }
  return watched.map(({ path, layer, calls, ms }) => ({
    name: path,
    className: layer.getClassName(),
    outputShape: shapeOf(layer),
    parameters: layer.countParams(),
    calls: calls / runs,
    ms: ms / runs,
  }));
}

function watch(entry: Watched): void {
  const { layer } = entry;
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const start = performance.now();
    try {
      return call(inputs, kwargs);
    } finally {
      entry.ms += performance.now() - start;
      entry.calls++;
    }
  };
}

function innermostLayers(
  model: LayersModel,
  prefix: string,
  seen = new Set<layers.Layer>(),
): { path: string; layer: layers.Layer }[] {
  return everyLayerOf(model).flatMap((layer) => {
    if (seen.has(layer) || layer.getClassName() === 'InputLayer') return [];
    seen.add(layer);
    const path = `${prefix}${layer.name}`;
    return layer instanceof LayersModel ? innermostLayers(layer, `${path}/`, seen) : [{ path, layer }];
  });
}

/** The layer's output shape; null for a layer that is called with several shapes. */
function shapeOf(layer: layers.Layer): unknown {
  try {
    return layer.outputShape;
  } catch {
    return null;
  }
}
