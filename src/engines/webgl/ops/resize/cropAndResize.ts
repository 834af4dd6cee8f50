// CropAndResize, RotateWithOffset and Transform on TensorFlow.js's textures.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type CropMethod, cropAndResizeSource } from '../../../../../kernels/glsl/untiled/cropAndResize.js';
import { rotateSource } from '../../../../../kernels/glsl/untiled/rotate.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { drawUntiled } from '../drawUntiled.js';
import { replaced } from '../views.js';

interface CropInputs {
  /** [n, h, w, c] */
  readonly image: TensorInfo;
  /** [boxes, 4] */
  readonly boxes: TensorInfo;
  /** [boxes] int32 */
  readonly boxInd: TensorInfo;
}

interface CropAttrs {
  readonly cropSize: readonly [number, number];
  readonly method: CropMethod;
  readonly extrapolationValue: number;
}

const cropAndResize = typedKernel<CropInputs, CropAttrs, WebglBackend>(
  'CropAndResize',
  ({ inputs: { image, boxes, boxInd }, attrs: { cropSize, method, extrapolationValue }, backend }) => {
    const [n, h, w, c] = image.shape;
    const shape = [boxes.shape[0], ...cropSize, c];
    if (util.sizeFromShape(shape) === 0 || n * h * w === 0) return zeros(backend, shape);
    return drawUntiled(backend, {
      source: cropAndResizeSource(method),
      operands: { Image: image, Boxes: boxes, BoxInd: boxInd },
      shape,
      uniforms: { images: [n, h, w], crop: cropSize, extrapolation: extrapolationValue },
    });
  },
);

/** As TensorFlow.js's cpu backend; it refuses sizes below 1 before. */
function zeros(backend: WebglBackend, shape: number[]): TensorInfo {
  return backend.makeTensorInfo(shape, 'float32', new Float32Array(util.sizeFromShape(shape)));
}

interface RotateAttrs {
  readonly radians: number;
  readonly fillValue: number | readonly number[];
  readonly center: number | [number, number];
}

/** A fourth channel is the opacity, which TensorFlow.js fills with 255 where the others have values of their own. */
const opaque = 255;

const rotateWithOffset = typedKernel<{ readonly image: TensorInfo }, RotateAttrs, WebglBackend>(
  'RotateWithOffset',
  ({ inputs: { image }, attrs: { radians, fillValue, center }, backend }) => {
    const { shape, dtype } = image;
    if (util.sizeFromShape(shape) === 0) return zeros(backend, [...shape]);
    const [x, y] = backend_util.getImageCenter(center, shape[1], shape[2]);
    const [r, g = 0, b = 0] = [fillValue].flat();
    const fill = typeof fillValue === 'number' ? [r, r, r, r] : [r, g, b, opaque];
    const uniforms = { rotation: [x, y, Math.sin(radians), Math.cos(radians)], fill };
    return drawUntiled(backend, { source: rotateSource, operands: { Image: image }, shape, dtype, uniforms });
  },
);

/** On TensorFlow.js's own program, which takes a row of transforms for each image also where there is one for all. */
const transform: NamedKernel = {
  kernelName: 'Transform',
  kernelFunc(args) {
    const { image, transforms } = args.inputs as Record<'image' | 'transforms', TensorInfo>;
    const official = officialWebgl.get('Transform');
    const [n] = image.shape;
    if (transforms.shape[0] !== 1 || n < 2) return official(args);
    const backend = args.backend as WebglBackend;
    const row = { x: transforms };
    const all = officialWebgl.get('Tile')({ inputs: row, attrs: { reps: [n, 1] }, backend }) as TensorInfo;
    return replaced(backend, all, () => official({ ...args, inputs: { image, transforms: all } }) as TensorInfo);
  },
};

export const cropKernels: readonly NamedKernel[] = [cropAndResize, rotateWithOffset, transform];
