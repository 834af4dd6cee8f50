// Whole convolutions in many forms. The first row of a problem is the form that the others differ from.

import { convForms } from './convForms.js';
import { type Table, timeDraws } from './experiment.js';
import type { Gl } from './gl.js';
import { convProblem, setUpConv } from './tiledConv.js';

/** The first is the form that the others differ from; `2` is unrolled. */
const COMMON = 'window, mad, sum, loop, texelFetch, 2, outer, planes, tap, 2x2, 2x2 texelFetch, 2x2 planes';
const FORMS = {
  1: `${COMMON}, textureLod, tap 2, planes outer, planes 2, planes texelFetch, texelFetch 2`,
  3: `${COMMON}, row, row texelFetch, tap texelFetch, 2x2 row, 2x2 tap`,
};

export async function layouts(gl: Gl): Promise<Table[]> {
  return [await compare(gl, 1, 56, 64, 256), await compare(gl, 1, 14, 256, 256), await compare(gl, 3, 56, 64, 64)];
}

async function compare(gl: Gl, kernel: 1 | 3, size: number, inC: number, outC: number): Promise<Table> {
  const problem = convProblem(kernel, size, inC, outC);
  const forms = convForms(kernel, FORMS[kernel]);
  const draws = forms.map((form) => ({ draw: setUpConv(gl, form, problem) }));
  const timings = await timeDraws(gl, draws);
  const flop = 2 * kernel * kernel * size * size * inC * outC;
  const rows = forms.map(({ kernel: _, ...form }, i) => {
    const { ms, speed } = timings[i];
    return { ...form, ms, 'GFLOP/s': flop / ms / 1e6, 'vs first': speed };
  });
  return { title: `convolution ${kernel}x${kernel}, ${size}x${size}x${inC}->${outC}`, rows };
}
