// How the WebGL2 engine compares with tfjs-backend-webgl, class by class and model by model, and whether that is what is asked.

import type { GpuUse } from './gpuUse.js';
import type { Limits } from './limits.js';
import { geometricMean } from './measure.js';
import { layerNamed } from './shapes.js';
import {
  type Aim,
  firstPredictionAim,
  gpuMemoryAim,
  programsAim,
  webglClasses,
  webglClassOf,
  webglModelAims,
} from './webglClasses.js';
import type { OfLimits, WebglFirstRow, WebglLayerRow, WebglModelRow, WebglRow, WebglVerdict } from './webglResults.js';

export function webglVerdicts(rows: readonly WebglRow[], limits?: Limits): WebglVerdict[] {
  const layers = rows.filter((row): row is WebglLayerRow => row.section === 'layers' || row.section === 'gradients');
  const models = rows.filter((row): row is WebglModelRow => row.section === 'models');
  const firsts = rows.filter((row): row is WebglFirstRow => row.section === 'first');
  return [
    ...classVerdicts(layers, limits),
    ...models.map(modelVerdict),
    ...firsts.map(firstVerdict),
    ...firsts.flatMap(memoryVerdicts),
    ...firsts.flatMap(programVerdicts),
  ].map(judge);
}

type Unjudged = Omit<WebglVerdict, 'isReached'>;

function judge(verdict: Unjudged): WebglVerdict {
  const { aim, value } = verdict;
  if (!aim) return verdict;
  return { ...verdict, isReached: 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost };
}

/** Each class that has rows, and its parts where it has more than one. */
function classVerdicts(rows: readonly WebglLayerRow[], limits?: Limits): Unjudged[] {
  return webglClasses.flatMap(({ title, aim, partOf }) => {
    const inClass = rows.filter(({ layer, pass }) => webglClassOf(layerNamed(layer), pass).title === title);
    if (inClass.length === 0) return [];
    const partsOf = inClass.map(({ layer }) => partOf(layerNamed(layer)));
    const parts = [...new Set(partsOf)];
    const whole = { ...meanOf(inClass, limits), title, aim };
    if (parts.length === 1) return [whole];
    const meanOfPart = (part: string): Unjudged => {
      const some = inClass.filter((_, i) => partsOf[i] === part);
      return { ...meanOf(some, limits), title: part, partOf: title };
    };
    return [whole, ...parts.map(meanOfPart)];
  });
}

/** Geometric means. */
function meanOf(rows: readonly WebglLayerRow[], limits?: Limits): Omit<Unjudged, 'title'> {
  const [ours, theirs] = [0, 1].map((at) => geometricMean(rows.map(({ timings }) => timings[at].gflops)));
  const value = geometricMean(rows.map(({ timings }) => timings[1].ratio));
  const shared = { group: 'layers', count: rows.length, unit: 'GFLOP/s', measure: 'faster' } as const;
  return { ...shared, ours, theirs, value, ...(limits && { ofLimits: ofLimits(ours, limits) }) };
}

function ofLimits(gflops: number, { macsPerSecond, fetchesPerSecond }: Limits): OfLimits {
  const macs = (gflops * 1e9) / 2;
  return { macs: macs / macsPerSecond, macsPerFetch: macs / fetchesPerSecond };
}

function modelVerdict({ model, timings: [ours, theirs] }: WebglModelRow): Unjudged {
  const times = { unit: 'ms', ours: ours.ms, theirs: theirs.ms } as const;
  const aim = webglModelAims[model];
  return { group: 'models', title: model, count: 1, ...times, measure: 'faster', value: theirs.ratio, aim };
}

function firstVerdict({ model, times: [ours, theirs] }: WebglFirstRow): Unjudged {
  const times = { unit: 'ms', ours: ours.ms, theirs: theirs.ms } as const;
  const value = theirs.ms / ours.ms;
  const aim = firstPredictionAim;
  return { group: 'first prediction', title: model, count: 1, ...times, measure: 'faster', value, aim };
}

function memoryVerdicts({ model, times }: WebglFirstRow): Unjudged[] {
  const [ours, theirs] = times.map(({ gpu }) => gpu);
  if (!ours || !theirs) return [];
  const memory = (what: string, bytesOf: (use: GpuUse) => number, aim?: Aim): Unjudged => {
    const [own, other] = [bytesOf(ours), bytesOf(theirs)].map((bytes) => bytes / 2 ** 20);
    const sizes = { count: 1, unit: 'MiB', ours: own, theirs: other, measure: 'share', value: own / other } as const;
    return { group: 'GPU memory', title: `${model}, ${what}`, ...sizes, aim };
  };
  return [
    memory('textures, peak', (use) => use.memory.texturesPeak, gpuMemoryAim),
    memory('numBytesInGPU, peak', (use) => use.memory.inUsePeak, gpuMemoryAim),
    memory('numBytesInGPU, after', (use) => use.memory.inUseAfter),
    memory('allocated, after', (use) => use.memory.allocatedAfter, gpuMemoryAim),
  ];
}

function programVerdicts({ model, times }: WebglFirstRow): Unjudged[] {
  const [ours, theirs] = times.map(({ gpu }) => gpu?.programs);
  if (ours === undefined || theirs === undefined) return [];
  const counts = { count: 1, unit: 'programs', ours, theirs, measure: 'count', value: ours } as const;
  return [{ group: 'programs', title: model, ...counts, aim: programsAim }];
}
