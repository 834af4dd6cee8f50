// The self-test of a kernel in the tiled layout: a smaller call of it (smallCalls.ts), with operands where the real ones
// are (in tiles, in a texture of TensorFlow.js, on the CPU), beside the official `cpu` kernel. The smaller call must draw
// with every program that the real one has drawn with.

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { compare, toleranceOf, worstOf } from '../../../core/verdict.js';
import type { Call, CallAttrs } from '../../../tfjs/kernelCall.js';
import { attrsOf, expectedOf, inputsOf, valuesFor } from '../../../tfjs/referenceCall.js';
import type { WebglBackend } from '../backend.js';
import { dimsOf } from '../tensors/tensorStore.js';
import { type Test, type Unread, Untestable } from '../testKinds.js';
import { type Sizes, smallCalls } from './smallCalls.js';

/** The function of a tiled kernel, which returns undefined for cases that it leaves to TensorFlow.js. */
export type TiledFunc = (args: Parameters<KernelFunc>[0]) => TensorInfo | TensorInfo[] | undefined;

export interface TiledCall {
  readonly kernelName: string;
  readonly run: TiledFunc;
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  /** Default: none. */
  readonly attrs: CallAttrs | undefined;
  readonly backend: WebglBackend;
  /** The programs that it has drawn with. */
  readonly keys: readonly string[];
}

/** Where an operand is, and in which shape it is there. */
interface Place {
  readonly name: string;
  readonly dtype: TensorInfo['dtype'];
  readonly shape: readonly number[];
  readonly isTiled: boolean;
  readonly isOnCpu: boolean;
  /** Whether it is tiled as the images that it was reshaped from. */
  readonly isReshaped: boolean;
}

/** Notes what the operands are like, and returns the test. */
export function opTest({ kernelName, run, inputs, attrs = {}, backend, keys }: TiledCall): Test {
  const places = Object.entries(inputs).flatMap(([name, info]) => (info ? [placeOf(backend, name, info)] : []));
  const shapes = Object.fromEntries(places.map(({ name, shape }) => [name, shape]));
  const calls = smallCalls(kernelName, { shapes, attrs });
  return () => {
    for (const sizes of calls) {
      const unread = tryCall({ kernelName, run, backend, keys }, places, sizes);
      if (unread) return unread;
    }
    throw new Untestable('no small problem draws with its programs');
  };
}

function placeOf(backend: WebglBackend, name: string, { dataId, shape, dtype }: TensorInfo): Place {
  const { tensors } = backend;
  const data = backend.texData.get(dataId);
  // Volumes and images are taken as they are.
  const mayBeReshaped = shape.length < 4 && !tensors.find({ dataId, shape });
  const isReshaped = mayBeReshaped && tensors.find({ dataId, shape: data.shape }) !== undefined;
  return {
    ...{ name, dtype, isReshaped },
    shape: isReshaped ? data.shape : shape,
    isTiled: isReshaped || tensors.find({ dataId, shape }) !== undefined,
    isOnCpu: data.values != null && data.slice == null,
  };
}

/** Undefined if the call does not draw with all programs that are under test. */
function tryCall(
  { kernelName, run, backend, keys }: Pick<TiledCall, 'kernelName' | 'run' | 'backend' | 'keys'>,
  places: readonly Place[],
  { shapes, attrs }: Sizes,
): Unread | undefined {
  const reshaped = (place: Place) => (place.isReshaped ? vectorShape(shapes[place.name]) : shapes[place.name]);
  const operands = places.map((place) => [place.name, { shape: reshaped(place), dtype: place.dtype }] as const);
  const call: Call = { kernelName, attrs, operands: Object.fromEntries(operands) };
  const values = valuesFor(call);
  const used: TensorInfo[] = [];
  try {
    const infos = places.map((place) => {
      const info = backend.makeTensorInfo([...shapes[place.name]], place.dtype, values[place.name]);
      used.push(info);
      moveTo(place, backend, info);
      return [place.name, { ...info, shape: [...reshaped(place)] }] as [string, TensorInfo];
    });
    const inputs = inputsOf(Object.fromEntries(infos));
    const { drawer } = backend.tensors;
    const { result, keys: drawn } = drawer.noting(() => run({ inputs, attrs: attrsOf(call), backend }));
    const results = [result ?? []].flat();
    used.push(...results);
    if (!keys.every((key) => drawn.includes(key))) return undefined;
    const actual = results.map(({ dataId }) => backend.readLater(dataId));
    const tolerance = toleranceOf(backend.caps.float32, 10); // functions of GPUs are less exact than products
    const expected = expectedOf(call, values);
    return () => worstOf(actual.map((values, i) => compare(values(), expected[i], tolerance)));
  } finally {
    for (const info of used) backend.disposeIntermediateTensorInfo(info);
  }
}

function vectorShape([n, ...image]: readonly number[]): number[] {
  return [n, util.sizeFromShape([...image])];
}

/** Values that are uploaded without a draw of ours: a test blames one program. */
function moveTo({ isTiled, isOnCpu }: Place, backend: WebglBackend, info: TensorInfo): void {
  const layout = isTiled ? backend.tensors.layoutOf(dimsOf(info.shape)) : undefined;
  if (layout) {
    backend.tensors.toTiled(info, layout);
    if (!isOnCpu) backend.texData.get(info.dataId).values = undefined;
  } else if (!isOnCpu) {
    backend.uploadToGPU(info.dataId);
  }
}
