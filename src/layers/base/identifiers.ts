// What may be given for an activation, an initializer, a regularizer, a constraint or a layer.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { DataType, Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

interface SerializedParts {
  readonly config?: unknown;
  readonly module?: string | null;
  readonly registered_name?: string | null;
  readonly build_config?: unknown;
}

/** The form in files of Keras or TensorFlow.js: `{ class_name, config }`. */
export type Serialized = SerializedParts & ({ readonly class_name: string } | { readonly className: string });

/** Instances may say how they are written into files. */
interface Instance {
  serialize?(): unknown;
  serializeTfjs?(): unknown;
  readonly name?: string;
  readonly layer?: layers.Layer;
}

/** A name ('relu'), a function of a tensor, an instance, a layer, or a serialized one; null is 'linear'. */
export type ActivationLike =
  | string
  | ((x: Tensor) => Tensor)
  | (Instance & { apply(x: Tensor): Tensor })
  | layers.Layer
  | Serialized
  | null;

/** Nested lists of numbers. */
type Numbers = readonly (number | Numbers)[];

type Initialize = (shape: number[], dtype?: DataType) => Tensor;

/** A name ('he_normal'), a function of the shape, an instance, the values, or a serialized one; null is 'glorot_uniform'. */
export type InitializerLike =
  | string
  | Initialize
  | (Instance & { apply: Initialize })
  | Numbers
  | Tensor
  | Serialized
  | null;

/** A name ('l2'), a function of the weight, an instance, or a serialized one; null is none. */
export type RegularizerLike =
  | string
  | ((w: Tensor) => Scalar)
  | (Instance & { apply(w: Tensor): Scalar })
  | Serialized
  | null;

/** A name ('max_norm'), a function of the weight, an instance, or a serialized one; null is none. */
export type ConstraintLike =
  | string
  | ((w: Tensor) => Tensor)
  | (Instance & { apply(w: Tensor): Tensor })
  | Serialized
  | null;

/** A layer, or a serialized one. */
export type LayerLike = layers.Layer | Serialized;
