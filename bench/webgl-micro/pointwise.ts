// Where the time of a 1x1 convolution goes: the engine's own program (kernels/glsl/tiled/conv/pointwise.ts), by how many
// channels it reads. Without any it is all that a fragment does beside its sums; what is more is its steps, of four
// channels each.

import { clampOf, withClamp } from '../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { pointwiseProgram, pointwiseSizesOf } from '../../kernels/glsl/tiled/conv/pointwise.js';
import { convPacking, packMatrix } from '../../kernels/glsl/tiled/conv/weights.js';
import { layoutOf, texelsToValues, tileShapes, valuesToTexels } from '../../kernels/glsl/tiled/layout/layout.js';
import { fragmentSource } from '../../kernels/glsl/tiled/program.js';
import { forwardKernels } from '../../kernels/js/index.js';
import { resolveConv } from '../../src/core/conv.js';
import { select } from '../../src/core/select.js';
import { checkResult } from '../measure/checkResult.js';
import { randomValues } from '../measure/randomValues.js';
import { type Draw, type Table, timeDraws } from './experiment.js';
import { bindTextures, createProgram, createTarget, createTexture, type Gl, readTarget, type Texture } from './gl.js';

const SIZE = 56;
const OUT = 64;
const CHANNELS = [0, 4, 8, 16, 24, 32, 64, 128] as const;
const TILE = tileShapes.wide;
const LAYOUT = layoutOf({ n: 1, h: SIZE, w: SIZE, c: OUT }, TILE);
const FRAGMENTS = (LAYOUT.width - 2) * LAYOUT.tileRows;

export async function pointwise(gl: Gl): Promise<Table> {
  const spec = { tile: TILE, slopes: false, affine: true, residual: false };
  const [, ...text] = fragmentSource(pointwiseProgram(spec), 'texture').split('\n'); // its first line is the version
  const program = createProgram(gl, text.join('\n'));
  const timings = await timeDraws(
    gl,
    CHANNELS.map((inC) => ({ draw: setUp(gl, program, inC) })),
  );
  const [{ ms: beside }] = timings;
  const ns = (ms: number) => (ms * 1e6) / FRAGMENTS;
  const rows = CHANNELS.map((channels, i) => {
    const { ms } = timings[i];
    const speed = channels === 0 ? '-' : (2 * SIZE * SIZE * channels * OUT) / ms / 1e6;
    const step = channels === 0 ? '-' : ns(ms - beside) / (channels / 4);
    return {
      channels,
      ms,
      'ns per fragment': ns(ms),
      'ns per step': step,
      'beside the steps': beside / ms,
      'GFLOP/s': speed,
    };
  });
  return { title: `1x1 convolution of ${SIZE}x${SIZE}, by channels read, to ${OUT}; ${FRAGMENTS} fragments`, rows };
}

/** y = relu6(conv(x, w)), scaled by ones; throws where it is wrong. */
function setUp(gl: Gl, program: WebGLProgram, inC: number): Draw {
  const conv = problem(Math.max(inC, 4));
  const { x, w } = conv;
  const from = layoutOf({ n: 1, h: SIZE, w: SIZE, c: conv.inC }, TILE);
  const row = (values: number[], height = 1) =>
    createTexture(gl, { width: LAYOUT.quads, height, data: Float32Array.from(values) });
  const [zeros, ones] = [0, 1].map((value) => new Array<number>(OUT).fill(value));
  const { width, height, texels } = packMatrix(convPacking(conv.conv), w);
  const inputs: Record<string, Texture> = {
    x: createTexture(gl, { ...from, data: valuesToTexels(from, x) }),
    w: createTexture(gl, { width, height, data: texels }),
    bias: row(zeros),
    vectors: row([...ones, ...zeros], 2),
  };
  const { ints, floats } = withClamp(pointwiseSizesOf({ ...from, quads: inC / 4 }, LAYOUT), clampOf(0, 6));
  const sizes = Object.values(inputs).flatMap((one) => [1 / one.width, 1 / one.height, one.width - 1, one.height - 1]);
  const target = createTarget(gl, [createTexture(gl, LAYOUT)]);
  const draw = () => {
    gl.useProgram(program);
    bindTextures(gl, program, inputs);
    gl.uniform4iv(gl.getUniformLocation(program, 'ints'), ints);
    gl.uniform4fv(gl.getUniformLocation(program, 'floats'), [...sizes, ...floats]);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(1, 0, LAYOUT.width - 2, LAYOUT.tileRows);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  draw();
  const planes = Array.from({ length: LAYOUT.layers }, (_, i) => readTarget(gl, i, LAYOUT.width, LAYOUT.height));
  const y = texelsToValues(LAYOUT, Float32Array.from(planes.flatMap((plane) => [...plane])));
  const sums = inC === 0 ? new Float32Array(y.length) : select(forwardKernels, conv.conv).run(conv.conv, x, w);
  checkResult(
    `1x1, ${inC} channels`,
    y,
    sums.map((sum) => Math.min(Math.max(sum, 0), 6)),
  );
  return draw;
}

function problem(inC: number) {
  const [xShape, filterShape] = [[1, SIZE, SIZE, inC] as const, [1, 1, inC, OUT] as const];
  const random = randomValues(1);
  const conv = resolveConv({ where: 'pointwise', xShape, filterShape, strides: 1, pad: 'same' });
  return { conv, inC, x: random(xShape), w: random(filterShape) };
}
