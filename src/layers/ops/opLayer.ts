// A raw operation of keras.ops in a Functional model, as a layer without weights.
//
//   definition (args, kwargs, config of the file) + input tensors -> named values (OpCall) -> a row of opTable.ts
//
// Source: https://keras.io/api/ops/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isPlainObject, type Json, type KerasObject } from '../../core/json.js';
import { registerZeroGradients } from '../../tfjs/zeroGradients.js';
import { isSymbolic, type SymbolicTensors } from '../base/calledTensors.js';
import { asIntegers, inputDtypeOf, noteKerasDtype } from '../base/integerRange.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { followsKeras2, type Kwargs, type LayerContext } from '../base/layerArgs.js';
import { OpCall } from './opCall.js';
import { definitionField, inputCount, isOp, type OpDefinition } from './opDefinition.js';
import { opLibrary } from './opLibrary.js';
import type { OpRow } from './opRow.js';
import { decode, isTensor, type OpValue } from './opValues.js';

export { isOp, type OpDefinition } from './opDefinition.js';

/** Whether an entry of a Functional model is an operation that calls Python functions. */
export function carriesOpCode(object: KerasObject): boolean {
  return isOp(object) && opLibrary().opsWithCode.has(object.class_name);
}

/** Whether an entry of a Functional model is an operation that is implemented here. */
export function isKnownOp(object: KerasObject): boolean {
  return isOp(object) && opLibrary().findOp(object.class_name) !== undefined;
}

/** Measured with Keras 3.15.1: files hold wrong sizes or another rank of what these give. */
const misrecorded: ReadonlySet<string> = new Set([
  'AdaptiveAveragePool',
  'AdaptiveMaxPool',
  'CategoricalCrossentropy',
  'Corrcoef',
  'Kron',
  'Ndim',
  'Rot90',
  'Slogdet',
]);

const fields = { definition: definitionField };

/** The arguments of OpLayer. */
export interface OpLayerArgs {
  /** Default: the name in the definition's config. */
  name?: string;
  /** The operation as the file defines it, or its JSON under `name`. */
  definition: OpDefinition | { readonly name: string };
}

/**
 * One node of keras.ops in a graph.
 *
 * Inputs: the tensors to which the definition refers by {"__input__": i}. Output: a tensor, or an array of tensors for
 * operations such as Split. Dtypes follow Keras within bool, int32 and float32: comparisons give bool, mixed operands
 * are cast to the wider dtype. A file does not distinguish the Python float 2.0 from the integer 2, which matters only
 * for integer tensors.
 *
 * @throws ValueError for an unknown operation, and for parameters that are not supported.
 */
export class OpLayer extends KerasLayer<typeof fields> {
  static readonly className: string = 'KerasOp';
  /** A parameter `mask` of an operation is a tensor like others. */
  static readonly masksAreInputs = true;

  /** Whether Keras may record another shape of the output in its files than it gives. */
  readonly misrecordsShape: boolean;
  readonly #row: OpRow;
  readonly #isKeras2: boolean;
  /** The tensors that the layer is being called with, if they are symbolic. */
  #called: readonly SymbolicTensor[] = [];

  constructor(args: OpLayerArgs, context?: LayerContext) {
    super(withName(args), fields, context);
    this.#isKeras2 = followsKeras2(context ?? {});
    registerZeroGradients();
    const { module, className } = this.config.definition;
    const { findOp, opsWithCode } = opLibrary();
    const row = findOp(className);
    if (!row) {
      throw new KerasValueError(
        opsWithCode.has(className)
          ? `Operation '${module}.${className}' ('${this.name}') calls Python functions, which are never run`
          : `Unknown operation: '${module}.${className}' ('${this.name}')`,
      );
    }
    this.misrecordsShape = misrecorded.has(className);
    this.#row = row;
    this.supportsMasking = row.givesItself === true;
  }

  /** The definition in Keras's spelling. */
  get definition(): KerasObject & { readonly args: Json; readonly kwargs: Json } {
    const { module, className, registeredName, config, args, kwargs } = this.config.definition;
    return { module, class_name: className, config, registered_name: registeredName, args, kwargs };
  }

  /** What the operation gives for the shape of its input, if it reads nothing else. */
  get readsShape(): OpRow['readsShape'] {
    return this.#row.readsShape;
  }

  override apply(inputs: Tensor | Tensor[] | SymbolicTensors, kwargs?: Kwargs): Tensor | Tensor[] | SymbolicTensors {
    if (isSymbolic(inputs)) this.#called = [inputs].flat();
    try {
      const outputs = super.apply(inputs, kwargs);
      const { dtype } = this.config.definition.config as { readonly dtype?: unknown };
      if (isSymbolic(outputs)) for (const output of [outputs].flat()) noteKerasDtype(output, dtype);
      return outputs;
    } finally {
      this.#called = [];
    }
  }

  givesInput(): boolean {
    return this.#row.givesItself === true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return tidy(() => this.#run([inputs].flat()));
  }

  #run(inputs: readonly OpValue[], isTrial = false): Tensor | Tensor[] {
    const { className } = this.config.definition;
    if (!this.#row.takesComplex && inputs.some((x) => isTensor(x) && x.dtype === 'complex64')) {
      throw new KerasValueError(
        `${className} '${this.name}': complex numbers are not supported; take real or imag first. Received: dtype=complex64`,
      );
    }
    const inputDtype = inputDtypeOf(this);
    const integers = { inputDtype, asIntegers: this.#isKeras2 ? null : (x: Tensor) => asIntegers(x, inputDtype) };
    return this.#row.run(new OpCall(`${className} '${this.name}'`, this.#values(inputs), isTrial, integers));
  }

  /** All arguments by name. Positional arguments get the names that neither config nor keywords use. */
  #values(inputs: readonly OpValue[]): Map<string, OpValue> {
    const { config, args, kwargs } = this.config.definition;
    const named = { ...(config as object), ...(kwargs as object) } as Readonly<Record<string, Json>>;
    const read = (json: Json) => decode(json, inputs, `Operation '${this.name}'`);
    const values = new Map(Object.entries(named).map(([key, json]) => [key, read(json)]));
    values.delete('name');
    const free = this.#row.names.filter((name) => !values.has(name));
    // Einsum has any number of operands; their names are their positions.
    (args as readonly Json[]).forEach((json, i) => {
      values.set(free[i] ?? String(i), read(json));
    });
    return values;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    this.#checkCount(shapes.length);
    const { broadcastShapes, inferKnownShapes, inferShapes } = opLibrary();
    const broadcast = this.#row.isElementwise && this.#hasOnlyScalars() ? broadcastShapes(shapes) : null;
    if (broadcast) return broadcast;
    let isList = false;
    const run = (inputs: readonly OpValue[]): Tensor[] => {
      const output = this.#run(inputs, true);
      isList = Array.isArray(output);
      return [output].flat();
    };
    try {
      const outputs = inferKnownShapes(this.#called, run) ?? inferShapes(shapes, run);
      return isList ? outputs : outputs[0];
    } catch (error) {
      const { className } = this.config.definition;
      throw new KerasValueError(
        `Operation '${this.name}' (${className}) cannot take inputs of the shapes ${shapes.map(showValue).join(', ')}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #checkCount(found: number): void {
    const { args, kwargs } = this.config.definition;
    const needed = inputCount([args, kwargs]);
    if (found >= needed) return;
    throw new KerasValueError(
      `Operation '${this.name}': input ${found} is missing, of the ${needed} that the definition refers to. Received: ${found} inputs`,
    );
  }

  /** As in Keras, operations do not pass masks on, except where they give the tensor itself. */
  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor {
    const [x] = [inputs].flat();
    const own = [mask ?? null].flat()[0];
    return (own && this.#givesItself(x) ? own : null) as Tensor;
  }

  /** Keras has more dtypes than TensorFlow.js: the policy of the layer before tells whether a cast does nothing. */
  #givesItself(x: Tensor): boolean {
    const wanted = this.#row.names.includes('dtype') ? (this.#values([x]).get('dtype') ?? null) : null;
    if (wanted === null || x.dtype === 'complex64') return x.dtype !== 'complex64';
    const before = this.inboundNodes[0]?.inputTensors[0]?.sourceLayer;
    const dtype = before instanceof KerasLayer && x.dtype === 'float32' ? before.dtypePolicy.name : x.dtype;
    return wanted === dtype.replace(/^mixed_/, '');
  }

  /** Whether all constants in the arguments are scalars, so that the inputs alone determine the output's shape. */
  #hasOnlyScalars(): boolean {
    const { config, args, kwargs } = this.config.definition;
    const isScalar = (json: Json): boolean =>
      isPlainObject(json) ? typeof json.__input__ === 'number' : json === null || /number|boolean/.test(typeof json);
    const { name: _, ...params } = config as Readonly<Record<string, Json>>;
    return [args, kwargs, params].every((part) => Object.values(part as object).every(isScalar));
  }
}

function withName(args: OpLayerArgs): object {
  const { definition } = args;
  const config = 'config' in definition && isPlainObject(definition.config) ? definition.config : {};
  return { ...args, name: args.name ?? config.name };
}
