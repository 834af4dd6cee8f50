// When a model is disposed of, TensorFlow.js takes one off the count of each of its layers, but each call had added one: the
// weights of a layer that a model calls twice would stay. Here all calls within one model count as one.

import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerNode } from '../graph/callTemplates.js';

interface Counted {
  _refCount: number | null;
}

/** Calls that have been taken off already: models may share them. */
const taken = new WeakSet<LayerNode>();

/** @param calls The calls of one layer within one model. */
export function countAsOne(layer: layers.Layer, calls: readonly LayerNode[]): void {
  const counted = layer as unknown as Counted;
  const others = calls.slice(1).filter((node) => !taken.has(node));
  for (const node of others) taken.add(node);
  if (counted._refCount !== null) counted._refCount -= others.length;
}
