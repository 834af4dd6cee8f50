// FusedUpdate: a step of an optimizer for one variable, as one draw with a render target for each result.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  textureOf,
  type UpdateTexturesSpec,
  updateProgram,
  updateValues,
} from '../../../../../kernels/glsl/tiled/elementwise/update.js';
import { update as plainUpdate } from '../../../../../kernels/js/index.js';
import { inputsOf, lengthScale, measuresOf, resultsOf, scalarsOf } from '../../../../../kernels/update.js';
import { compare, toleranceOf, worstOf } from '../../../../core/verdict.js';
import type { KernelArgs } from '../../../../tfjs/registry.js';
import type { UpdateAttrs, UpdateInputs } from '../../../../tfjs/updateAttrs.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import type { Test } from '../../testKinds.js';
import { internalsOf } from '../../tfjsInternals.js';
import { type Form, formOf, newIn, textureIn, tfjsTexture } from './updateForms.js';

/** Undefined where the tensors cannot be brought into one layout, or the program is wrong on this device. */
export function drawUpdate({
  inputs,
  attrs,
  backend,
}: KernelArgs<UpdateInputs, UpdateAttrs, WebglBackend>): TensorInfo[] | undefined {
  if (util.sizeFromShape(inputs.w.shape) === 0) return undefined;
  const form = formOf(backend, inputs.g);
  if (!form) return undefined;
  const specs = specsOf(attrs, form, backend.caps.maxDrawBuffers);
  const kind = form.layout ? 'tiles' : form.isPacked ? 'packed' : 'unpacked';
  const isTrusted = specs.every((spec) => {
    return backend.selfTest.check(`${updateProgram(spec).key} ${kind}`, updateTest(backend, attrs, kind));
  });
  return isTrusted ? drawIn(backend, form, inputs, attrs) : undefined;
}

/** One for each draw. */
function specsOf({ rule, isCut, norm }: UpdateAttrs, { layout }: Form, most: number): UpdateTexturesSpec[] {
  const { length } = resultsOf({ rule });
  const draws = Math.ceil(length / most);
  return Array.from({ length: draws }, (_, i) => {
    const from = i * most;
    const count = Math.min(most, length - from);
    return { rule, isCut, norm, form: layout ? 'tiles' : 'tfjs', from, count };
  });
}

function drawIn(backend: WebglBackend, form: Form, inputs: UpdateInputs, attrs: UpdateAttrs): TensorInfo[] | undefined {
  const temporary: TensorInfo[] = [];
  try {
    const textures: Record<string, ReturnType<typeof tfjsTexture>> = {};
    for (const name of inputsOf(attrs)) {
      const found = textureIn(backend, form, inputs[name]);
      if (!found) return undefined;
      if (found.temporary) temporary.push(found.temporary);
      textures[textureOf(name)] = found.texture;
    }
    for (const name of [...measuresOf(attrs), ...(inputs.squares ? ['squares'] : [])]) {
      const { dataId } = inputs[name];
      backend.uploadToGPU(dataId);
      if (backend.texData.get(dataId).slice) return undefined;
      textures[textureOf(name)] = tfjsTexture(backend, inputs[name]);
    }
    const results = resultsOf(attrs).map(() => newIn(backend, form, inputs.w.shape));
    for (const spec of specsOf(attrs, form, backend.caps.maxDrawBuffers)) {
      const bound = bind(
        updateProgram(spec),
        textures,
        updateValues(form.layout, { ...attrs.common, ...attrs.scalars }) as never,
      );
      const into = results.slice(spec.from, spec.from + spec.count).map(({ target }) => target);
      backend.tensors.counters.draws++;
      backend.tensors.drawer.draw({ ...bound, into, viewport: form.viewport });
    }
    return results.map(({ info }) => info);
  } finally {
    for (const info of temporary) backend.disposeIntermediateTensorInfo(info);
  }
}

/** More than one texel in each direction, and values beside whole ones. */
const TEST_SHAPE = [5, 7];
/** What each tensor of one value holds. */
const TEST_MEASURE = 4;

/** Numbers with which no rule divides by zero or takes the root of a negative one. */
function testScalars({ rule }: UpdateAttrs): UpdateAttrs['scalars'] {
  const numbers = scalarsOf({ rule }).map((name, i) => [name, 0.3 + 0.05 * i] as const);
  return { ...Object.fromEntries(numbers), epsilon: 20, limit: 0.5, minusLimit: -0.5, clipnorm: 0.25 };
}

function updateTest(backend: WebglBackend, given: UpdateAttrs, kind: 'tiles' | 'packed' | 'unpacked'): Test {
  const attrs = { ...given, scalars: testScalars(given), common: {} };
  const { scalars, norm } = attrs;
  return () => {
    const length = util.sizeFromShape(TEST_SHAPE);
    const entries = inputsOf(attrs).map((name, seed) => {
      const value = (i: number) => ((i * 421 + seed * 97) % 509) / 256 + 0.25; // sums of squares are positive
      return [name, Float32Array.from({ length }, (_, i) => value(i))] as const;
    });
    const used: TensorInfo[] = [];
    const make = (shape: number[], values: Float32Array) => {
      const info = backend.makeTensorInfo(shape, 'float32', values.slice());
      used.push(info);
      return info;
    };
    const moved = (info: TensorInfo) => {
      const layout = kind === 'tiles' ? backend.tensors.layoutOf(dimsOf(TEST_SHAPE)) : undefined;
      if (layout) {
        backend.tensors.toTiled(info, layout);
        backend.texData.get(info.dataId).values = undefined;
        return info;
      }
      backend.uploadToGPU(info.dataId);
      if (kind === 'unpacked') return info;
      const packed = internalsOf(backend).packTensor(info);
      used.push(packed);
      return packed;
    };
    try {
      const numbers = [...measuresOf(attrs), ...(norm === 'none' ? [] : ['squares'])].map((name) => {
        const info = make([], Float32Array.of(TEST_MEASURE));
        backend.uploadToGPU(info.dataId);
        return [name, info] as const;
      });
      const tensors = Object.fromEntries(entries.map(([name, values]) => [name, moved(make(TEST_SHAPE, values))]));
      const form = formOf(backend, tensors.g) as Form;
      const results = drawIn(backend, form, { ...tensors, ...Object.fromEntries(numbers) }, attrs) as TensorInfo[];
      used.push(...results);
      const actual = results.map(({ dataId }) => backend.readLater(dataId));
      const factor = scalars.factor * lengthScale(norm, TEST_MEASURE, scalars.factor, scalars.clipnorm);
      const measures = Object.fromEntries(measuresOf(attrs).map((name) => [name, TEST_MEASURE]));
      const expected = plainUpdate(attrs, Object.fromEntries(entries), { ...scalars, ...measures, factor });
      const tolerance = toleranceOf(backend.caps.float32, 10);
      return () => worstOf(actual.map((values, i) => compare(values(), expected[i], tolerance)));
    } finally {
      for (const info of used) backend.disposeIntermediateTensorInfo(info);
    }
  };
}
