// The shapes of EinsumDense's kernel, bias and output, which follow from the equation and the input's shape.
// Source: https://keras.io/api/layers/core_layers/einsum_dense/

import type { Shape } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { type Equation, parseEquation } from './contract.js';

/** The arguments of EinsumDense that determine shapes. */
export interface EinsumSpec {
  readonly equation: string;
  readonly biasAxes: string | null;
  /** The output's shape without the batch axis and without the axes of an ellipsis. */
  readonly outputShape: Shape;
}

/** The shapes for one input shape. */
export interface EinsumShapes {
  /** The equation with labels in place of an ellipsis. */
  readonly equation: Equation;
  readonly kernel: Shape;
  /** Null without bias. */
  readonly bias: readonly number[] | null;
  readonly output: Shape;
  /** The output with the sizes that `output_shape` leaves open and the input has. */
  readonly knownOutput: Shape;
  /** The kernel's axes that it shares with the input, and with the output. They give the fans of its initializer. */
  readonly inputAxes: readonly number[];
  readonly outputAxes: readonly number[];
  /** `outputAxes` in the order that they have in the output. */
  readonly scaleAxes: readonly number[];
}

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The place of an ellipsis: it stands for leading axes (behind the batch axis) or for trailing axes. */
type Ellipsis = 'none' | 'left' | 'right';

function parseEllipsis(text: string): { labels: Equation; ellipsis: Ellipsis } {
  const bare = text.replaceAll(' ', '');
  const forms: readonly [Ellipsis, RegExp][] = [
    ['none', /^[a-zA-Z]+,[a-zA-Z]+->[a-zA-Z]+$/],
    ['left', /^\.\.\.[a-zA-Z]+,[a-zA-Z]+->\.\.\.[a-zA-Z]+$/],
    ['right', /^[a-zA-Z]{2,}\.\.\.,[a-zA-Z]+->[a-zA-Z]+\.\.\.$/],
  ];
  const form = forms.find(([, pattern]) => pattern.test(bare));
  if (!form) {
    throw new KerasValueError(
      `Invalid einsum equation '${text}'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....`,
    );
  }
  return { labels: parseEquation(bare.replaceAll('...', '')), ellipsis: form[0] };
}

/** @throws ValueError for an equation of another form, and for shapes that do not fit it. */
export function einsumShapes({ equation: text, biasAxes, outputShape }: EinsumSpec, input: Shape): EinsumShapes {
  const { labels, ellipsis } = parseEllipsis(text);
  const elided = input.length - labels.a.length;
  if (elided < 0 || (elided > 0 && ellipsis === 'none')) {
    throw new KerasValueError(`Input does not fit the equation '${text}'. Received: input_shape=${showValue(input)}`);
  }
  const free = letters.filter((label) => !`${labels.a}${labels.b}${labels.output}`.includes(label)).slice(0, elided);
  const more = free.join('');
  const widen = (part: string) => (ellipsis === 'left' ? more + part : part + more);
  const equation = { a: widen(labels.a), b: labels.b, output: widen(labels.output) };
  const output = fullOutput(outputShape, input, elided, ellipsis);
  const sizes = sizesOf(equation, input, output);
  const { inputAxes, outputAxes } = kernelAxes(equation);
  const kernel = [...equation.b].map((label) => sizes.get(label) ?? null);
  const scaleAxes = [...equation.output].map((label) => equation.b.indexOf(label)).filter((axis) => axis >= 0);
  const knownOutput = [...equation.output].map((label) => sizes.get(label) ?? null);
  const bias = biasShape(equation, biasAxes, sizes);
  return { equation, kernel, bias, output, knownOutput, inputAxes, outputAxes, scaleAxes };
}

function fullOutput(partial: Shape, input: Shape, elided: number, ellipsis: Ellipsis): Shape {
  const [batch] = input;
  if (ellipsis === 'left') return [batch, ...input.slice(1, Math.max(elided, 1)), ...partial];
  return [batch, ...partial, ...input.slice(input.length - elided)];
}

/** The size of each label, null if unknown. Throws ValueError if input and output differ along a shared label. */
function sizesOf(equation: Equation, input: Shape, output: Shape): Map<string, number | null> {
  if (output.length !== equation.output.length) {
    throw new KerasValueError(
      `\`output_shape\` does not fit the output spec '${equation.output}'. Received: output_shape=${showValue(output.slice(1))}`,
    );
  }
  const sizes = new Map([...equation.a].map((label, i) => [label, input[i]] as const));
  [...equation.output].forEach((label, i) => {
    const known = sizes.get(label);
    if (known != null && output[i] != null && known !== output[i]) {
      throw new KerasValueError(
        `Input shape and output shape do not match at shared dimension '${label}'. Input shape is ${known}, and output shape is ${output[i]}.`,
      );
    }
    if (known == null) sizes.set(label, output[i]);
  });
  return sizes;
}

function kernelAxes({ a, b, output }: Equation): { inputAxes: number[]; outputAxes: number[] } {
  const inputAxes: number[] = [];
  const outputAxes: number[] = [];
  [...b].forEach((label, i) => {
    if (output.includes(label)) outputAxes.push(i);
    else if (a.includes(label)) inputAxes.push(i);
    else {
      throw new KerasValueError(
        `Weight dimension '${label}' did not have a match in either the input spec '${a}' or the output spec '${output}'. For this layer, the weight must be fully specified.`,
      );
    }
  });
  return { inputAxes, outputAxes };
}

/** The shape of the bias from its first axis on. It has size 1 along axes that biasAxes does not name. */
function biasShape({ output }: Equation, biasAxes: string | null, sizes: Map<string, number | null>): number[] | null {
  if (!biasAxes) return null;
  const missing = [...biasAxes].find((label) => !output.includes(label));
  if (missing !== undefined) {
    throw new KerasValueError(
      `Bias dimension '${missing}' was requested, but is not part of the output spec '${output}'`,
    );
  }
  const first = Math.min(...[...biasAxes].map((label) => output.indexOf(label)));
  return [...output.slice(first)].map((label) => {
    if (!biasAxes.includes(label)) return 1;
    const size = sizes.get(label) ?? null;
    if (size === null) {
      throw new KerasValueError(
        `The size of the bias dimension '${label}' should be defined. Received: bias_axes='${biasAxes}'`,
      );
    }
    return size;
  });
}
