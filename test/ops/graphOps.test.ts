// Graph models with convolution nodes that the converter's own executors refuse or get wrong.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { installGraphOps } from '../../src/index.js';
import { tableBackends, useBackend, valuesOf } from '../support/backends.js';
import { expectClose } from '../support/cases.js';
import type { ConvCase } from '../support/convCase.js';
import { convCases } from '../support/convCases.js';
import { randomValues } from '../support/randomCases.js';
import { outputSize, referenceConv, sizeOf, wShape, xShape } from '../support/reference.js';

interface Node {
  readonly op: string;
  /** Bias and PReLU weights, one value a channel. */
  readonly operands: readonly Float32Array[];
  readonly attr: Record<string, unknown>;
  readonly filterShape: readonly number[];
}

/** TensorFlow's attributes: one entry per dimension in the order of the data format; text is base64. */
function convAttributes(c: ConvCase): Record<string, unknown> {
  const spread = ([h, w]: readonly [number, number], none: number) => {
    return c.dataFormat === 'NHWC' ? [none, h, w, none] : [none, none, h, w];
  };
  const ints = (values: readonly number[]) => ({ list: { i: values.map(String) } });
  const explicit = typeof c.pad !== 'string';
  const { padTop, padBottom, padLeft, padRight } = outputSize(c);
  const rows = [padTop, padBottom];
  const columns = [padLeft, padRight];
  const paddings = c.dataFormat === 'NHWC' ? [0, 0, ...rows, ...columns, 0, 0] : [0, 0, 0, 0, ...rows, ...columns];
  return {
    T: { type: 'DT_FLOAT' },
    data_format: text(c.dataFormat),
    strides: ints(spread(c.strides, 1)),
    dilations: ints(spread(c.dilations, 1)),
    padding: text(explicit ? 'EXPLICIT' : String(c.pad).toUpperCase()),
    ...(explicit && { explicit_paddings: ints(paddings) }),
  };
}

function text(value: string) {
  return { s: btoa(value) };
}

/** A graph of one convolution whose filter and operands are constants. */
function graphModel(c: ConvCase, { op, operands, attr, filterShape }: Node, w: Float32Array): tf.io.IOHandler {
  const constant = (name: string, shape: readonly number[]) => ({
    name,
    op: 'Const',
    attr: {
      dtype: { type: 'DT_FLOAT' },
      value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: shape.map((size) => ({ size: String(size) })) } } },
    },
  });
  const names = operands.map((_, i) => `operand${i}`);
  const weights = [w, ...operands];
  const shapes = [filterShape, ...operands.map(({ length }) => [length])];
  const data = new Float32Array(weights.reduce((n, { length }) => n + length, 0));
  weights.reduce((offset, values) => {
    data.set(values, offset);
    return offset + values.length;
  }, 0);
  return tf.io.fromMemory({
    format: 'graph-model',
    modelTopology: {
      node: [
        {
          name: 'x',
          op: 'Placeholder',
          attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { unknownRank: true } } },
        },
        constant('w', filterShape),
        ...names.map((name, i) => constant(name, [operands[i].length])),
        { name: 'y', op, input: ['x', 'w', ...names], attr: { ...convAttributes(c), ...attr } },
      ],
      versions: { producer: 1 },
    },
    weightSpecs: ['w', ...names].map((name, i) => ({ name, shape: [...shapes[i]], dtype: 'float32' as const })),
    weightData: data.buffer,
  });
}

// One in five of the table, and always at least one of each group of cases; padding may not differ from TensorFlow's.
const cases = convCases.filter(
  (c, i) => i % 5 === 0 && c.dimRoundingMode == null && sizeOf(xShape(c)) > 0 && c.outC > 0,
);
const isDepthwise = (c: ConvCase) => c.groups === c.inC;

function groupedNode(c: ConvCase): Pick<Node, 'filterShape'> {
  return { filterShape: wShape(c) };
}

function depthwiseNode(c: ConvCase): Pick<Node, 'filterShape'> {
  return { filterShape: [c.kH, c.kW, c.inC, c.outC / c.inC] };
}

describe('graph ops', () => {
  let uninstall = () => {};
  before(async () => {
    uninstall = await installGraphOps();
  });
  after(() => uninstall());
  const backends = tableBackends;
  for (const backend of backends) describe(backend, () => nodes(backend));

  it('are taken out again', async () => {
    const grouped = cases.find((c) => c.groups > 1 && c.groups < c.inC) as ConvCase;
    const node = { op: 'Conv2D', operands: [], attr: {}, ...groupedNode(grouped) };
    const undo = await installGraphOps(tf);
    await check(grouped, node);
    undo();
    const refusal = await check(grouped, node).catch((error: Error) => error.message);
    expect(refusal).to.match(/depth of input/);
    uninstall = await installGraphOps();
  });
});

function nodes(backend: string): void {
  useBackend(backend);

  it(`Conv2D, ${cases.length} cases`, async () => {
    for (const c of cases) await check(c, { op: 'Conv2D', operands: [], attr: {}, ...groupedNode(c) });
  });

  const depthwise = cases.filter(isDepthwise);
  it(`DepthwiseConv2dNative, ${depthwise.length} cases`, async () => {
    expect(depthwise.length).to.be.greaterThan(5);
    for (const c of depthwise)
      await check(c, { op: 'DepthwiseConv2dNative', operands: [], attr: {}, ...depthwiseNode(c) });
  });

  for (const activation of ['', 'Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Prelu']) {
    it(`_FusedConv2D and FusedDepthwiseConv2dNative with BiasAdd ${activation}`, async () => {
      const few = cases.filter((c, i) => i % 4 === 0 || isDepthwise(c));
      for (const c of few) {
        const bias = randomValues(c.outC, 5);
        const alpha = randomValues(c.outC, 6);
        const isPrelu = activation === 'Prelu';
        const node = {
          operands: isPrelu ? [bias, alpha] : [bias],
          attr: {
            num_args: { i: isPrelu ? '2' : '1' },
            fused_ops: { list: { s: ['BiasAdd', ...(activation ? [activation] : [])].map((name) => btoa(name)) } },
            leakyrelu_alpha: { f: 0.125 },
          },
        };
        await check(c, { op: '_FusedConv2D', ...node, ...groupedNode(c) }, activation, bias, alpha);
        if (isDepthwise(c)) {
          await check(c, { op: 'FusedDepthwiseConv2dNative', ...node, ...depthwiseNode(c) }, activation, bias, alpha);
        }
      }
    });
  }
}

async function check(
  c: ConvCase,
  node: Node,
  activation = '',
  bias?: Float32Array,
  alpha?: Float32Array,
): Promise<void> {
  const x = randomValues(sizeOf(xShape(c)), 1);
  const w = randomValues(sizeOf(wShape(c)), 2);
  const model = await tf.loadGraphModel(graphModel(c, node, w));
  let y: Float32Array = new Float32Array(0);
  try {
    [y] = valuesOf(() => model.predict(tf.tensor(x, xShape(c), 'float32')) as tf.Tensor);
  } finally {
    model.dispose();
  }
  const name = (activation.toLowerCase() || 'linear') as 'relu';
  expectClose(`${node.op}, ${c.name}`, y, referenceConv(c, x, w, { bias, alpha, slope: 0.125, activation: name }));
}
