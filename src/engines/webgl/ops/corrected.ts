// The kernels that run on TensorFlow.js's textures, under its names, because its own are wrong somewhere. Those that also
// have a form in the tiled layout are in index.ts, and call the corrected one for what they do not cover.

import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import { type NamedKernel, wrapKernel } from '../../../tfjs/registry.js';
import { byParts } from './complexParts.js';
import { fillKernel } from './elementwise/fill.js';
import { castKernel, complexAbsKernel, untiledKernels } from './elementwise/untiled.js';
import { flatNames, smallFirst } from './flat/index.js';
import { fourierKernels } from './matmul/fourier.js';
import { gatherKernels } from './movement/gatherCheck.js';
import { reverseKernel } from './movement/reverse.js';
import { scatterKernels } from './movement/scatter.js';
import { spaceToBatchKernels } from './movement/spaceToBatch.js';
import { argmaxKernel } from './pooling/argmax.js';
import { cumulateKernels } from './reduction/cumulate.js';
import { argExtreme, extreme } from './reduction/extreme.js';
import { lrnGradKernel, lrnKernel } from './reduction/lrn.js';
import { alsoOfNothing } from './reduction/ofNothing.js';
import { topKKernel } from './reduction/topK.js';
import { cropKernels } from './resize/cropAndResize.js';

function officialKernel(kernelName: string): NamedKernel {
  return { kernelName, kernelFunc: officialWebgl.get(kernelName) };
}

const complexKernels = ['ExpandDims', 'Pack', 'Unpack'].map((kernelName) => {
  const kernel = officialKernel(kernelName);
  return wrapKernel(kernel, byParts(kernel.kernelFunc));
});

const corrected: readonly NamedKernel[] = [
  ...untiledKernels,
  ...fourierKernels,
  ...complexKernels,
  ...gatherKernels,
  ...scatterKernels,
  ...spaceToBatchKernels,
  ...cropKernels,
  reverseKernel,
  argmaxKernel,
  lrnKernel,
  lrnGradKernel,
  topKKernel,
  castKernel,
  complexAbsKernel,
  fillKernel,
  ...cumulateKernels,
  ...[
    { kernelName: 'Min', kernelFunc: extreme('Min') },
    { kernelName: 'ArgMax', kernelFunc: argExtreme('ArgMax') },
    { kernelName: 'ArgMin', kernelFunc: argExtreme('ArgMin') },
    ...['All', 'Any', 'Prod'].map(officialKernel),
  ].map(alsoOfNothing),
];

/** Those of small tensors that are right, but have sizes in their texts. */
const others = flatNames.filter((name) => corrected.every(({ kernelName }) => kernelName !== name)).map(officialKernel);

export const correctedKernels: readonly NamedKernel[] = [...others, ...corrected].map((kernel) => {
  // Gathers look at their indices first.
  if (gatherKernels.includes(kernel)) return kernel;
  return wrapKernel(kernel, smallFirst(kernel.kernelName, kernel.kernelFunc));
});
