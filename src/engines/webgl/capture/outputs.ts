// Outputs of a captured model: new tensors at each replay. What draws fill is drawn into their textures at once, so nothing
// is copied.

import type { DataType, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { Refusal } from '../../../tfjs/captureRefusal.js';
import type { WebglBackend } from '../backend.js';
import { internalsOf } from '../tfjsInternals.js';
import { isOwn, type Operand, valuesOf } from './inputs.js';
import type { Recorder } from './recorder.js';
import type { VirtualTexture } from './virtualTexture.js';

/** How the data of an output come into being. */
type Source =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'constant'; readonly values: TypedArray }
  | { readonly kind: 'tiled'; readonly texture: VirtualTexture; readonly layout: TileLayout }
  | { readonly kind: 'tfjs'; readonly texture: VirtualTexture; readonly form: TfjsForm };

/** A texture of TensorFlow.js. */
interface TfjsForm {
  readonly texShape: readonly [number, number];
  readonly isPacked: boolean;
}

export interface Output {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Position of its data: outputs may share them. */
  readonly data: number;
}

export interface OutputData {
  readonly source: Source;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export interface Outputs {
  readonly outputs: readonly Output[];
  readonly data: readonly OutputData[];
}

const dtypes: readonly DataType[] = ['float32', 'int32', 'bool'];

/** Notes the results of a run, while they exist. Those that are not drawn yet are drawn now. */
export function noteOutputs(
  backend: WebglBackend,
  recorder: Recorder,
  inputs: readonly TensorInfo[],
  results: readonly Tensor[],
): Outputs {
  const ids = [...new Set(results.map(({ dataId }) => dataId))];
  const data = ids.map((dataId): OutputData => {
    const { dtype } = results.find((one) => one.dataId === dataId) as Tensor;
    if (!dtypes.includes(dtype)) recorder.refuse(new Refusal('outputs must be float32, int32 or bool', { dtype }));
    return noteData(backend, recorder, inputs, dataId);
  });
  const outputs = results.map(({ dataId, shape, dtype }): Output => {
    return { shape: [...shape], dtype, data: ids.indexOf(dataId) };
  });
  return { outputs, data };
}

function noteData(
  backend: WebglBackend,
  recorder: Recorder,
  inputs: readonly TensorInfo[],
  dataId: TensorInfo['dataId'],
): OutputData {
  const { shape, dtype, slice } = backend.texData.get(dataId);
  const index = inputs.findIndex((input) => input.dataId === dataId);
  if (index >= 0) return { source: { kind: 'input', index }, shape: [...shape], dtype };
  const tiled = backend.tensors.onlyTiled(dataId);
  const tiledTexture = tiled && recorder.dynamicOf(tiled.drawnTexture().handle);
  if (tiled && tiledTexture) {
    return { source: { kind: 'tiled', texture: tiledTexture, layout: tiled.layout }, shape: [...shape], dtype };
  }
  if (slice != null) return noteSlice(backend, recorder, inputs, { dataId, shape, dtype });
  const { texture, texShape, isPacked = false } = backend.texData.get(dataId);
  const tfjsTexture = texture && recorder.dynamicOf(texture.texture);
  if (!tfjsTexture) {
    const values = recorder.aside(() => backend.readSync(dataId)) as TypedArray;
    return { source: { kind: 'constant', values: values.slice() }, shape: [...shape], dtype };
  }
  const form = { texShape: [...(texShape as [number, number])] as const, isPacked };
  return { source: { kind: 'tfjs', texture: tfjsTexture, form }, shape: [...shape], dtype };
}

/** A part of a tensor shares its texture, and gets one of its own here. */
function noteSlice(backend: WebglBackend, recorder: Recorder, inputs: readonly TensorInfo[], part: TensorInfo) {
  const packed = internalsOf(backend).packTensor(part);
  try {
    return noteData(backend, recorder, inputs, packed.dataId);
  } finally {
    backend.disposeData(packed.dataId);
  }
}

/** New data for a replay, whose textures the draws are about to fill. */
export function newData(
  backend: WebglBackend,
  { source, shape, dtype }: OutputData,
  operands: readonly Operand[],
): TensorInfo {
  switch (source.kind) {
    case 'input': {
      const operand = operands[source.index];
      if (!isOwn(backend, operand)) return backend.makeTensorInfo([...shape], dtype, valuesOf(operand).slice());
      backend.incRef(operand.dataId);
      return operand;
    }
    case 'constant':
      return backend.makeTensorInfo([...shape], dtype, source.values.slice());
    case 'tiled': {
      const { info, tensor } = backend.tensors.make(shape, source.layout);
      source.texture.use(tensor.texture);
      return info;
    }
    case 'tfjs':
      return newTfjsData(backend, source, { shape, dtype });
    default:
      return source satisfies never;
  }
}

function newTfjsData(
  backend: WebglBackend,
  { texture, form }: Source & { readonly kind: 'tfjs' },
  { shape, dtype }: Pick<OutputData, 'shape' | 'dtype'>,
): TensorInfo {
  const info = backend.makeTensorInfo([...shape], dtype);
  const data = backend.texData.get(info.dataId);
  Object.assign(data, { texShape: [...form.texShape], isPacked: form.isPacked });
  backend.uploadToGPU(info.dataId);
  texture.handle = data.texture?.texture as WebGLTexture;
  return info;
}
