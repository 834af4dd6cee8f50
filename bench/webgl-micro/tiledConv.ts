// Sets up one form of a convolution on the device, checks it against plain loops and gives what draws it.
//
// Images are tiled: layer = (y % ty) * tx + x % tx, texel = 4 channels, and a border of zero texels that padding reads.
//   inner: X = 1 + xt * c4s + c4           one zero column at each side
//   outer: X = 1 + c4 * (tiles + 1) + xt   one zero column before each channel quad and one at the end
//   Y = 1 + yt, one zero row above and below

import { forwardKernels } from '../../kernels/js/index.js';
import { resolveConv } from '../../src/core/conv.js';
import { select } from '../../src/core/select.js';
import { checkResult } from '../measure/checkResult.js';
import { randomValues } from '../measure/randomValues.js';
import { type ConvForm, tileOf } from './convForms.js';
import { convSource } from './convSource.js';
import type { Draw } from './experiment.js';
import { bindTextures, createProgram, createTarget, createTexture, type Gl, readTarget, setInts } from './gl.js';

/** Stride 1, padding "same"; x [size, size, inC], w [kernel, kernel, inC, outC], y [size, size, outC]. */
export function convProblem(kernel: number, size: number, inC: number, outC: number) {
  const xShape = [1, size, size, inC];
  const filterShape = [kernel, kernel, inC, outC];
  const conv = resolveConv({ where: 'convProblem', xShape, filterShape, strides: 1, pad: 'same' });
  const random = randomValues(1);
  const [x, w] = [random(xShape), random(filterShape)];
  return { size, inC, outC, x, w, y: select(forwardKernels, conv).run(conv, x, w) };
}

function layoutOf(form: ConvForm, size: number, channels: number) {
  const { order, store } = form;
  const tile = tileOf(form);
  const c4s = channels / 4;
  const tiles = Math.ceil(size / tile.x); // along x
  const width = order === 'inner' ? tiles * c4s + 2 : (tiles + 1) * c4s + 1;
  const height = Math.ceil(size / tile.y) + 2;
  return { tile, order, store, size, c4s, tiles, width, height, layers: tile.pixels };
}

type ConvProblem = ReturnType<typeof convProblem>;
type Layout = ReturnType<typeof layoutOf>;

/** Visits all texels: index of the layer, that of the first value in it, and that in the image [y, x, c]. */
function forEachTexel(layout: Layout, visit: (layer: number, at: number, from: number) => void): void {
  const { tile, order, size, c4s, tiles, width } = layout;
  for (let from = 0; from < size * size * c4s * 4; from += 4) {
    const c4 = (from / 4) % c4s;
    const x = Math.floor(from / 4 / c4s) % size;
    const y = Math.floor(from / 4 / c4s / size);
    const xt = Math.floor(x / tile.x);
    const column = order === 'inner' ? 1 + xt * c4s + c4 : 1 + c4 * (tiles + 1) + xt;
    const row = 1 + Math.floor(y / tile.y);
    visit((y % tile.y) * tile.x + (x % tile.x), (row * width + column) * 4, from);
  }
}

/** Throws where the result is wrong. */
export function setUpConv(gl: Gl, form: ConvForm, problem: ConvProblem): Draw {
  const from = layoutOf(form, problem.size, problem.inC);
  const to = layoutOf(form, problem.size, problem.outC);
  const weights = createWeights(gl, form.kernel ** 2, problem);
  const inputs = createTiled(gl, from, problem.x);
  const samplers = inputs.length === 1 ? { x: inputs[0] } : Object.fromEntries(inputs.map((one, i) => [`x${i}`, one]));
  const target = createTarget(gl, createTiled(gl, to));
  const program = createProgram(gl, convSource(form));
  const draw = () => {
    gl.useProgram(program);
    bindTextures(gl, program, { ...samplers, w: weights });
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(1, 1, to.width - 2, to.height - 2);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  gl.useProgram(program);
  setInts(gl, program, { inC4: from.c4s, outC4: to.c4s, tiles: from.tiles });
  gl.uniform2f(gl.getUniformLocation(program, 'xScale'), 1 / from.width, 1 / from.height);
  gl.uniform2f(gl.getUniformLocation(program, 'wScale'), 1 / weights.width, 1 / weights.height);
  draw();
  const planes = Array.from({ length: to.layers }, (_, layer) => readTarget(gl, layer, to.width, to.height));
  const y = new Float32Array(problem.y.length);
  forEachTexel(to, (layer, at, texel) => y.set(planes[layer].subarray(at, at + 4), texel));
  checkResult(JSON.stringify(form), y, problem.y);
  return draw;
}

/** Zeros where no image is given. */
function createTiled(gl: Gl, layout: Layout, image: Float32Array = new Float32Array(0)) {
  const { width, height, layers, store } = layout;
  const plane = width * height * 4;
  const data = new Float32Array(layers * plane);
  forEachTexel(layout, (layer, at, from) => data.set(image.subarray(from, from + 4), layer * plane + at));
  if (store === 'array') return [createTexture(gl, { width, height, layers, data })];
  const planes = Array.from({ length: layers }, (_, i) => data.subarray(i * plane, (i + 1) * plane));
  return planes.map((values) => createTexture(gl, { width, height, data: values }));
}

/** X = input channel, Y = q * taps + tap; texel = 4 output channels. */
function createWeights(gl: Gl, taps: number, { inC, outC, w }: ConvProblem) {
  const data = new Float32Array(w.length);
  for (let at = 0; at < w.length; at += 4) {
    const [ic, tap, q] = [(at / 4) % inC, Math.floor(at / 4 / inC) % taps, Math.floor(at / 4 / inC / taps)];
    const from = (tap * inC + ic) * outC + q * 4;
    data.set(w.subarray(from, from + 4), at);
  }
  return createTexture(gl, { width: inC, height: (outC / 4) * taps, data });
}
