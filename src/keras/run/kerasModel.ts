// Models that run their graph by Keras's rules, whichever way they are called: predict, evaluate, fit, apply, nested. To
// everything else they are tf.LayersModel and tf.Sequential.

import {
  concat,
  engine,
  type NamedTensorMap,
  type Scalar,
  type serialization,
  slice,
  Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel, Sequential, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Kwargs } from '../../layers/base/layerArgs.js';
import { maskOf, masksOfCall, setMask } from '../../layers/base/masks.js';
import type { LayerNode } from '../graph/callTemplates.js';
import { type CallEntry, withArguments } from './callConfig.js';
import { type GraphPlan, planGraph } from './graphPlan.js';
import { inferShapes, type PlanShapes } from './inferShapes.js';
import type { KerasRules } from './kerasRules.js';
import { type ModelArgs, OpenLayersModel, OpenSequential } from './openModel.js';
import { runPlan } from './runPlan.js';
import { makeTestStep, makeTrainStep } from './trainSteps.js';

/** A layer in the config that TensorFlow.js makes. */
interface LayerEntry {
  readonly name: string;
  readonly className: string;
  readonly config: serialization.ConfigDict;
  inboundNodes: CallEntry[][];
}

class FunctionalModel extends OpenLayersModel {
  readonly rules: KerasRules;
  readonly #plans = new Map<string, GraphPlan>();

  constructor(args: ModelArgs, rules: KerasRules) {
    super(args);
    this.rules = rules;
  }

  /** The outputs for one batch, with the masks that they have. Call it in a tidy. */
  run(inputs: readonly Tensor[], training?: boolean): Tensor[] {
    return runPlan(this.#plan(), inputs, { training, rules: this.rules });
  }

  #plan(outputs: readonly SymbolicTensor[] = this.outputs): GraphPlan {
    const key = outputs.map(({ id }) => id).join();
    const plan = this.#plans.get(key) ?? planGraph(this.inputs, outputs);
    this.#plans.set(key, plan);
    return plan;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor | Tensor[] {
    // Where a scope surrounds the call the masks outlive it with the outputs; elsewhere nobody would dispose of them.
    const isNested = engine().state.activeScope != null;
    const count = this.outputs.length;
    const outputs = tidy(() => {
      const list = [inputs].flat();
      masksOfCall(list, kwargs?.mask).forEach((mask, i) => {
        setMask(list[i], mask);
      });
      const found = this.run(list, kwargs?.training as boolean | undefined);
      return isNested ? [...found, ...found.map(maskOf).filter((mask) => mask !== null)] : found;
    });
    return count === 1 ? outputs[0] : outputs.slice(0, count);
  }

  /** Masks are on the outputs already. */
  override computeMask(): Tensor | Tensor[] {
    return null as unknown as Tensor;
  }

  /** Masks among a call's tensors have no place in the shapes that a layer is asked about. */
  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as PlanShapes;
    const found = inferShapes(this.#plan(), shapes);
    return found.length === 1 ? found[0] : [...found];
  }

  override execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]): Tensor | Tensor[] {
    const names = [outputs].flat();
    if (names.length === 0) throw new Error('execute: there must be an output; received outputs=[]');
    const given = inputs instanceof Tensor ? [inputs] : Array.isArray(inputs) ? inputs : this.#byName(inputs);
    const plan = this.#plan(this.retrieveSymbolicTensors(names));
    const found = runPlan(plan, given, { training: false, rules: this.rules });
    return Array.isArray(outputs) ? found : found[0];
  }

  #byName(inputs: NamedTensorMap): Tensor[] {
    return this.inputs.map(({ name }) => {
      const value = inputs[name];
      if (!value) throw new Error(`execute: every input needs a value; received none for '${name}'`);
      return value;
    });
  }

  override getConfig(): serialization.ConfigDict {
    const config = super.getConfig();
    const layers = config.layers as unknown as LayerEntry[];
    this.layers.forEach(({ name, inboundNodes }, i) => {
      const isOwn = (node: LayerNode, index: number) =>
        node.inboundLayers.length > 0 && this.containerNodes.has(`${name}_ib-${index}`);
      const nodes = inboundNodes.filter(isOwn);
      layers[i].inboundNodes = layers[i].inboundNodes.map((entries, call) => withArguments(entries, nodes[call]));
    });
    // TensorFlow.js leaves out the inputs that no output depends on.
    const unused = this.inputLayers.filter((layer) => !this.layers.includes(layer));
    for (const layer of unused) {
      const { name } = layer;
      layers.push({ name, className: layer.getClassName(), config: layer.getConfig(), inboundNodes: [] });
    }
    if (unused.length > 0) config.inputLayers = this.inputLayers.map(({ name }) => [name, 0, 0]);
    return config;
  }

  override predictLoop(inputs: Tensor | Tensor[], batchSize = 32): Tensor | Tensor[] {
    const list = [inputs].flat();
    const count = this.checkNumSamples(inputs);
    const outputs = tidy(() => {
      if (count <= batchSize) return this.run(list, false).map((output) => output.clone());
      const parts: Tensor[][] = this.outputs.map(() => []);
      for (let start = 0; start < count; start += batchSize) {
        const size = Math.min(batchSize, count - start);
        const batch = tidy(() =>
          this.run(
            list.map((x) => rowsOf(x, start, size)),
            false,
          ).map((y) => y.clone()),
        );
        batch.forEach((output, i) => {
          parts[i].push(output);
        });
      }
      return parts.map((batches) => concat(batches, 0));
    });
    return outputs.length === 1 ? outputs[0] : outputs;
  }

  override makeTrainFunction(): (data: Tensor[]) => Scalar[] {
    return makeTrainStep(this, (inputs) => this.run(inputs, true));
  }

  override makeTestFunction(): void {
    this.testFunction = makeTestStep(this, (inputs) => this.run(inputs, false));
  }
}

function rowsOf(x: Tensor, start: number, size: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === 0 ? start : 0));
  return slice(x, begin, [size, ...x.shape.slice(1)]);
}

class SequentialModel extends OpenSequential {
  readonly rules: KerasRules;

  constructor(name: string | undefined, rules: KerasRules) {
    super({ name });
    this.rules = rules;
  }

  override build(inputShape?: Shape | Shape[]): void {
    super.build(inputShape);
    const { inputs, outputs, trainable } = this;
    this.model = new FunctionalModel({ inputs, outputs: outputs[0], name: `${this.name}_model` }, this.rules);
    this.model.trainable = trainable;
  }
}

/** The version of Keras by whose rules a model runs; undefined for models that TensorFlow.js made. */
export function rulesVersionOf(model: LayersModel): string | undefined {
  const given: unknown = model;
  return given instanceof FunctionalModel || given instanceof SequentialModel ? given.rules.version : undefined;
}

/** A functional model that runs by the rules of the version that wrote it. */
export function makeFunctional(args: ModelArgs, rules: KerasRules): LayersModel {
  return new FunctionalModel(args, rules) as unknown as LayersModel;
}

/** A model to which layers are added in a chain. */
export function makeSequential(name: string | undefined, rules: KerasRules): Sequential {
  return new SequentialModel(name, rules) as unknown as Sequential;
}
