// Finds all layers of a model that cannot be made: those of unknown classes or operations, and those that hold Python
// code.

import { configOf, isJsonObject, type Json, type KerasObject } from '../core/json.js';
import { KerasFileError } from '../formats/kerasFileError.js';
import { carriesOpCode, isKnownOp } from '../layers/ops/opLayer.js';
import { isKnownLayer } from '../layers/registry.js';
import type { LayerSpec, ModelSpec } from './config/modelSpec.js';
import { carriesCode } from './config/objectKind.js';
import { type CustomObjects, customFor, registeredClass } from './graph/customObjects.js';

export interface UnknownLayer {
  readonly name: string;
  readonly className: string;
  readonly reason: 'code' | 'class' | 'operation';
}

/** The layers at any depth that cannot be made. */
export function unknownLayers(spec: ModelSpec, customObjects: CustomObjects = {}): UnknownLayer[] {
  return spec.layers.flatMap((layer) =>
    layer.model ? unknownLayers(layer.model, customObjects) : whyUnknown(layer, customObjects),
  );
}

/** Why a layer cannot be made, and the layers within it; [] for a layer that can. */
function whyUnknown(layer: LayerSpec, customObjects: CustomObjects): UnknownLayer[] {
  const { name, object, kind } = layer;
  const className = object.class_name;
  if (kind === 'input' || customFor(object, customObjects) !== undefined) return [];
  if (className === 'Lambda' || carriesCode(object.config) || carriesOpCode(object))
    return [{ name, className, reason: 'code' }];
  if (kind === 'op') return isKnownOp(object) ? [] : [{ name, className, reason: 'operation' }];
  const isKnown = isKnownLayer(className) || registeredClass(className) !== undefined;
  const inner = wrapped(object).flatMap((child) =>
    whyUnknown({ name, object: child, kind: 'layer', calls: [] }, customObjects),
  );
  return isKnown ? inner : [{ name, className, reason: 'class' }];
}

/** The layers within wrappers such as TimeDistributed, without models: those are checked when they are built. */
function wrapped(object: KerasObject): KerasObject[] {
  const config = configOf(object);
  return [config.layer, config.backward_layer]
    .filter(hasClass)
    .filter(({ class_name: name }) => !['Sequential', 'Functional', 'Model'].includes(name));
}

function hasClass(value: Json | undefined): value is KerasObject {
  return isJsonObject(value) && 'class_name' in value;
}

/** @throws KerasFileError that names all layers that cannot be made and says how to supply their classes. */
export function checkAllKnown(spec: ModelSpec, customObjects: CustomObjects | undefined, kerasVersion: string): void {
  const unknown = unknownLayers(spec, customObjects);
  if (unknown.length === 0) return;
  const code = unknown.filter(({ reason }) => reason === 'code');
  const others = unknown.filter(({ reason }) => reason !== 'code');
  const classes = [...new Set(others.map(({ className }) => className))];
  const lines = [
    ...classes.map((name) => `unknown layer class '${name}' (layers ${list(others, name)})`),
    ...code.map(({ name, className }) => `layer '${name}' (${className}) carries Python code, which is never run`),
  ];
  throw new KerasFileError(
    `model '${spec.name}' (Keras ${kerasVersion}) has layers that cannot be made:\n  ${lines.join('\n  ')}\nPass a class that extends tf.layers.Layer for each: loadKerasModel(source, {customObjects: {${[...classes, ...code.map(({ name }) => name)].map((name) => `'${name}': …`).join(', ')}}})`,
  );
}

function list(unknown: readonly UnknownLayer[], className: string): string {
  const names = unknown.filter((layer) => layer.className === className).map(({ name }) => `'${name}'`);
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
