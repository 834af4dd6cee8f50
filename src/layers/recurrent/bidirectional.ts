// The layer Bidirectional: a recurrent layer runs forwards and another one backwards over the same sequence.
// Source: https://keras.io/api/layers/recurrent_layers/bidirectional/

import { add, concat, div, mul, reverse, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { asKerasObject, isKerasObject, isPlainObject, type KerasObject } from '../../core/json.js';
import type { Field, FieldContext, Fields } from '../base/fields.js';
import type { LayerLike } from '../base/identifiers.js';
import type { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { inNameScope } from './nameScope.js';
import type { RecurrentCell } from './recurrentCell.js';
import { RecurrentLayer, type sequenceFields } from './recurrentLayer.js';
import { byRegistry, readWrappedLayer, type WrappedLayers, WrapperLayer } from './wrapperLayer.js';

export type MergeMode = 'sum' | 'mul' | 'ave' | 'concat' | null;

const modes: readonly unknown[] = ['sum', 'mul', 'ave', 'concat', null];

const mergeMode: Field<MergeMode> = {
  parse(value) {
    const mode = value === undefined ? 'concat' : value;
    if (modes.includes(mode)) return mode as MergeMode;
    throw new KerasValueError(
      `Invalid merge mode. Received: ${showValue(value)}. Merge mode should be one of {"sum", "mul", "ave", "concat", None}`,
    );
  },
  serialize: (value) => value,
};

/** Kept as given, since both layers are made from it. */
const given: Field<unknown> = { parse: (value) => value, serialize: () => undefined };

const fields = { mergeMode, layer: given, backwardLayer: given };

/** The arguments of Keras's Bidirectional. */
export interface BidirectionalArgs extends BaseLayerArgs {
  /** A recurrent layer, which is copied, or a serialized one. */
  layer: LayerLike;
  /** The layer that runs backwards. Default null: a copy of `layer` with goBackwards. */
  backwardLayer?: LayerLike | null;
  /** How to merge both outputs: 'concat' (default), 'sum', 'ave', 'mul', or null for two outputs. */
  mergeMode?: MergeMode;
}

/**
 * Runs a recurrent layer in both directions.
 *
 * Input: float32 [batch, time, ...], or a list of it and the initial states of both layers. Output: the merged outputs,
 * then the states of both layers if they have returnState.
 * Source: https://keras.io/api/layers/recurrent_layers/bidirectional/
 *
 * @throws ValueError for layers that are not recurrent, run in the same direction, or differ in what they return.
 */
export class Bidirectional extends WrapperLayer<typeof fields> {
  static readonly className: string = 'Bidirectional';
  static readonly takesInitialState: boolean = true;

  readonly forwardLayer: AnyRecurrent;
  readonly backwardLayer: AnyRecurrent;

  constructor(args: BidirectionalArgs, context: LayerContext = {}) {
    super(args, fields, context);
    const { layer, backwardLayer } = this.config;
    const at = (key: string): FieldContext => ({ ...context, where: 'Bidirectional', key });
    this.forwardLayer = copyOf(layer, 'forward', {}, at('layer'));
    const backwards = { goBackwards: context.kerasMajor === 2 ? !this.forwardLayer.sequence.goBackwards : true };
    this.backwardLayer =
      backwardLayer == null
        ? copyOf(layer, 'backward', backwards, at('layer'))
        : copyOf(backwardLayer, null, {}, at('backward_layer'));
    this.#checkLayers();
    this.supportsMasking = true;
    this.inputRules = [{ minRank: 3 }];
  }

  #checkLayers(): void {
    const [forward, backward] = [this.forwardLayer.sequence, this.backwardLayer.sequence];
    if (forward.goBackwards === backward.goBackwards) {
      throw new KerasValueError(
        `Forward layer and backward layer should have different \`go_backwards\` value. Received: forward_layer.go_backwards ${showValue(forward.goBackwards)}, backward_layer.go_backwards=${showValue(backward.goBackwards)}`,
      );
    }
    const differs = (['stateful', 'returnSequences', 'returnState'] as const).find(
      (key) => forward[key] !== backward[key],
    );
    if (differs) {
      throw new KerasValueError(
        `Forward layer and backward layer are expected to have the same value for attribute "${differs}", got "${showValue(forward[differs])}" for forward layer and "${showValue(backward[differs])}" for backward layer`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    for (const layer of [this.forwardLayer, this.backwardLayer]) {
      if (layer.built) continue;
      inNameScope(layer.name, () => layer.build(inputShape));
      layer.built = true;
    }
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = [this.forwardLayer.computeOutputShape(inputShape)] as (Shape | Shape[])[];
    const [output, ...states] = (this.#returnsState ? shapes[0] : shapes) as Shape[];
    const { mergeMode } = this.config;
    const last = output[output.length - 1] as number;
    const merged = mergeMode === 'concat' ? [...output.slice(0, -1), 2 * last] : output;
    const outputs = mergeMode === null ? [merged, merged] : [merged];
    return outputs.length + states.length === 1 ? merged : [...outputs, ...states, ...states];
  }

  get #returnsState(): boolean {
    return this.forwardLayer.sequence.returnState;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[] {
    return tidy(() => {
      const [x, ...initial] = [inputs].flat();
      const half = initial.length / 2;
      const [mask] = [kwargs.mask].flat();
      // Null says that this call has no mask, whatever the sequence carries.
      const own = mask === undefined ? kwargs : { ...kwargs, mask: mask ?? false };
      const run = (layer: layers.Layer, states: Tensor[]) =>
        [layer.apply(states.length > 0 ? [x, ...states] : x, own) as Tensor | Tensor[]].flat();
      const [y, ...states] = run(this.forwardLayer, initial.slice(0, half));
      const [z, ...backStates] = run(this.backwardLayer, initial.slice(half));
      const inOrder = this.forwardLayer.sequence.returnSequences ? reverse(z, 1) : z;
      const outputs = [...merge(this.config.mergeMode, y, inOrder), ...states, ...backStates];
      return outputs.length === 1 ? outputs[0] : outputs;
    });
  }

  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const first = (Array.isArray(mask) ? mask[0] : mask) ?? null;
    const ofOutput = this.forwardLayer.sequence.returnSequences ? first : null;
    const shapes = this.builtShape && this.computeOutputShape(this.builtShape);
    if (!shapes || !Array.isArray(shapes[0])) return ofOutput as Tensor;
    const count = this.config.mergeMode === null ? 2 : 1;
    return shapes.map((_, i) => (i < count ? ofOutput : null)) as Tensor[];
  }

  override get stateful(): boolean {
    return this.forwardLayer.sequence.stateful;
  }

  override resetStates(): void {
    this.forwardLayer.resetStates();
    this.backwardLayer.resetStates();
  }

  protected override disposeWeights(): number {
    this.resetStates();
    return super.disposeWeights();
  }

  override get wrapped(): WrappedLayers {
    return { layer: this.forwardLayer, backward_layer: this.backwardLayer };
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    return { forward_layer: this.forwardLayer, backward_layer: this.backwardLayer };
  }

  override calculateLosses(): Scalar[] {
    return [
      ...super.calculateLosses(),
      ...this.forwardLayer.calculateLosses(),
      ...this.backwardLayer.calculateLosses(),
    ];
  }
}

/** Makes a Bidirectional layer. Arguments, shapes and errors are those of the class. */
export function bidirectional(args: BidirectionalArgs): Bidirectional {
  return new Bidirectional(args);
}

function merge(mode: MergeMode, y: Tensor, z: Tensor): Tensor[] {
  if (mode === 'concat') return [concat([y, z], -1)];
  if (mode === 'sum') return [add(y, z)];
  if (mode === 'ave') return [div(add(y, z), 2)];
  if (mode === 'mul') return [mul(y, z)];
  return mode === null ? [y, z] : (mode satisfies never);
}

type AnyRecurrent = RecurrentLayer<Fields & typeof sequenceFields>;
type Changes = { readonly goBackwards?: boolean };

/**
 * Copies a recurrent layer, with the direction in front of its name. If it returns sequences, masked steps give zeros,
 * so that merging adds nothing there.
 */
function copyOf(value: unknown, direction: string | null, changes: Changes, context: FieldContext): AnyRecurrent {
  const isGiven = value instanceof RecurrentLayer;
  const object = isGiven
    ? null
    : isKerasObject(value)
      ? asCopied(asKerasObject(value), direction)
      : byRegistry(readWrappedLayer(value, context));
  const config = (isGiven ? ownConfig(value) : object?.config) as Record<string, unknown>;
  const name = typeof config?.name === 'string' ? config.name : (object?.class_name ?? 'layer').toLowerCase();
  const renamed = direction === null ? {} : { name: `${direction}_${withoutPrefix(name, `${direction}_`)}` };
  const make = (more: object) =>
    isGiven
      ? new (value.constructor as new (args: object) => layers.Layer)({ ...config, ...changes, ...renamed, ...more })
      : readWrappedLayer(
          { ...(object as KerasObject), config: { ...config, ...changes, ...renamed, ...more } },
          context,
        );
  const made = make({});
  if (made instanceof RecurrentLayer) {
    const { returnSequences, zeroOutputForMask } = made.sequence;
    return (
      returnSequences === zeroOutputForMask ? made : make({ zeroOutputForMask: returnSequences })
    ) as AnyRecurrent;
  }
  const shown = isPlainObject(value) ? object?.class_name : value;
  throw new KerasValueError(
    `Please initialize \`Bidirectional\` layer with a recurrent \`keras.layers.Layer\` instance. Received: ${showValue(shown)}`,
  );
}

/** A layer that is copied is a layer of its own, even if the file has it elsewhere too. */
function asCopied({ shared_object_id: id, ...object }: KerasObject, direction: string | null): KerasObject {
  return direction === null && id !== undefined ? { ...object, shared_object_id: id } : object;
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** The parsed arguments, which make a copy of the layer. Cells among them are copied too. */
function ownConfig(layer: KerasLayer): object {
  const { name, dtypePolicy, config } = layer;
  const { trainable_: trainable } = layer as unknown as { readonly trainable_: boolean };
  return { ...withCopiedCells(config), name, dtype: dtypePolicy, trainable };
}

function withCopiedCells(config: object): object {
  const { cell, cells } = config as { readonly cell?: RecurrentCell; readonly cells?: readonly RecurrentCell[] };
  return { ...config, ...(cell && { cell: copyCell(cell) }), ...(cells && { cells: cells.map(copyCell) }) };
}

function copyCell(cell: RecurrentCell): RecurrentCell {
  return new (cell.constructor as new (args: object) => RecurrentCell)(ownConfig(cell));
}
