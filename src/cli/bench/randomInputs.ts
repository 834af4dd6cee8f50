// Makes random inputs for a model. The options give the sizes that the model leaves open.

import { randomUniform, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface InputOptions {
  readonly batch: number;
  readonly size?: readonly [height: number, width: number];
}

const SEED = 7;

/**
 * The concrete shapes of the inputs.
 * @throws Error for a size that the model leaves open and no option gives, or that an option contradicts.
 */
export function inputShapes(model: LayersModel, { batch, size }: InputOptions): number[][] {
  return model.inputs.map(({ shape, name }) => {
    const isPicture = shape.length === 4;
    const isFirst = isPicture && shape[3] === null && shape[1] !== null && shape[1] <= 4;
    const spatial = isFirst ? [2, 3] : [1, 2];
    return shape.map((known, axis) => {
      const asked = axis === 0 ? batch : isPicture && size ? size[spatial.indexOf(axis)] : undefined;
      if (known !== null && asked !== undefined && known !== asked) {
        throw new Error(`input '${name}' has the shape [${shape.map(sizeText)}]; its size ${known} cannot be ${asked}`);
      }
      const found = known ?? asked;
      if (found !== undefined) return found;
      const hint = isPicture ? 'give --size HEIGHTxWIDTH' : 'only pictures can be of any size here';
      throw new Error(`input '${name}' has the shape [${shape.map(sizeText)}]: ${hint}`);
    });
  });
}

function sizeText(size: number | null): string {
  return String(size ?? '?');
}

/** Inputs of 0..1, the same on every backend; zeros for an input of whole numbers, which may be indices. */
export function makeRandomInputs(model: LayersModel, shapes: readonly (readonly number[])[]): Tensor[] {
  return tidy(() =>
    shapes.map((shape, i) => {
      const takesIndices = model.inputs[i].dtype === 'int32' || feedsEmbedding(model, i);
      return takesIndices ? zeros([...shape]) : randomUniform([...shape], 0, 1, 'float32', SEED + i);
    }),
  );
}

function feedsEmbedding({ inputs, layers }: LayersModel, i: number): boolean {
  return layers.some((layer) => {
    if (layer.getClassName() !== 'Embedding') return false;
    return [layer.input].flat().some((input) => input.name === inputs[i].name);
  });
}
