// ArgMax and ArgMin with small results. Of a long axis each fragment looks at a part, and a second draw at what they found.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { flatArgExtremeProgram } from '../../../../../kernels/glsl/tiled/flat/argExtreme.js';
import { bind } from '../../gl/draw.js';
import { replaced, reshape } from '../views.js';
import type { FlatFunc } from './flatFunc.js';
import { drawList, isSmall, sourceOf } from './lists.js';

/** Values that one fragment looks at. */
const MOST_VALUES = 256;

function argExtreme(direction: 1 | -1): FlatFunc {
  return ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const axes = util.parseAxisParam(attrs.axis as number, x.shape);
    if (x.dtype !== 'float32' || axes.length !== 1) return undefined;
    const [axis] = axes;
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const axisSize = x.shape[axis];
    const inner = util.sizeFromShape(x.shape.slice(axis + 1));
    const partSize = axisSize <= MOST_VALUES ? axisSize : Math.max(MOST_VALUES / 4, Math.ceil(Math.sqrt(axisSize)));
    const parts = Math.ceil(axisSize / partSize);
    const outer = util.sizeFromShape(x.shape.slice(0, axis));
    if (!isSmall(shape) || !isSmall([outer, parts, inner])) return undefined;
    const from = sourceOf(backend, x);
    const draw = (of: { parts: number; partSize: number; candidates: number }, places?: TensorInfo) => {
      const found = places ? sourceOf(backend, places) : from;
      return drawList(backend, [outer, of.parts, inner], 'int32', (list) =>
        bind(
          flatArgExtremeProgram(),
          { x: from.texture, found: found.texture },
          {
            ...{ xPlace: from.place, foundPlace: found.place, ...list, axisSize, inner, ...of },
            ...{ isSecond: places ? 1 : 0, direction },
          },
        ),
      );
    };
    const first = draw({ parts, partSize, candidates: axisSize });
    const last =
      parts === 1
        ? first
        : replaced(backend, first, () => draw({ parts: 1, partSize: parts, candidates: parts }, first));
    return replaced(backend, last, () => reshape(backend, last, shape));
  };
}

/** By TensorFlow.js's names. */
export const flatArgExtremes: Readonly<Record<string, FlatFunc>> = { ArgMax: argExtreme(1), ArgMin: argExtreme(-1) };
