// How much faster ours is, class by class, and whether that is as much as is asked of it.

import {
  type Floor,
  firstPredictionFloor,
  type LayerClass,
  layerClasses,
  modelFloors,
  nativeClasses,
  neighbourFloor,
  threadsFloor,
} from './classes.js';
import { type CpuResults, floorFor, type Verdict } from './cpuResults.js';
import { geometricMean, ratioOf, type Timing } from './measure.js';
import type { Peak } from './peak.js';
import { contestantOf } from './tfjsBackend.js';

export function verdictsOf(results: CpuResults): Verdict[] {
  return [
    ...layerClasses.flatMap((one) => classVerdicts(one, results)),
    ...nativeClasses.flatMap((one) => classVerdicts(one, results).filter(({ peer }) => peer === one.floor?.peer)),
    ...threadsVerdicts(results),
    ...neighbourVerdicts(results),
    ...modelVerdicts(results),
    ...firstVerdicts(results),
  ];
}

type Unjudged = Omit<Verdict, 'floor' | 'isMet'>;

function judge(verdict: Unjudged, floor: Floor | undefined, peak: Peak): Verdict {
  const least = floor?.peer === verdict.peer ? floorFor(floor, peak) : undefined;
  return least === undefined ? verdict : { ...verdict, floor: least, isMet: verdict.ratio >= least };
}

/** One against each peer that took part. */
function classVerdicts(
  { title, pass, includes, floor }: LayerClass,
  { layers, gradients, peak }: CpuResults,
): Verdict[] {
  const all = pass === 'forward' ? layers : gradients;
  const rows = all.filter((row) => row.pass === pass && includes(row.kind, row.size));
  const section = pass === 'forward' ? 'layers' : 'gradients';
  const peers = [...new Set(rows.flatMap(({ timings }) => timings.slice(1).map(({ name }) => name)))];
  return peers.map((peer) => {
    const ratios = rows.flatMap(({ timings }) => timings.filter(({ name }) => name === peer)).map(({ ratio }) => ratio);
    const ours = rows[0].timings[0].name;
    return judge({ section, title, ours, peer, ratio: geometricMean(ratios), count: ratios.length }, floor, peak);
  });
}

function threadsVerdicts({ threads, peak }: CpuResults): Verdict[] {
  if (threads.length === 0) return [];
  const ratio = geometricMean(threads.map(({ timings }) => timings[1].ratio));
  const verdict = { section: 'threads', title: 'two threads', ours: threads[0].timings[0].name } as const;
  return [judge({ ...verdict, peer: 'one thread', ratio, count: threads.length }, threadsFloor, peak)];
}

function neighbourVerdicts({ neighbours, peak }: CpuResults): Verdict[] {
  return neighbours.flatMap(({ neighbour, timings: [ours, ...peers] }) =>
    peers.map(({ name: peer, ratio }) =>
      judge({ section: 'neighbours', title: neighbour, ours: ours.name, peer, ratio, count: 1 }, neighbourFloor, peak),
    ),
  );
}

const isOurs = ({ name }: { readonly name: string }, [first]: readonly { readonly name: string }[]) =>
  contestantOf(name).engine === contestantOf(first.name).engine;

function modelVerdicts({ models, peak }: CpuResults): Verdict[] {
  return models.flatMap(({ model, timings }) => {
    const peers = timings.filter((timing) => !isOurs(timing, timings));
    return timings
      .filter((timing) => isOurs(timing, timings))
      .flatMap((ours: Timing) =>
        peers.map((peer) => {
          const verdict = { section: 'models', title: model, ours: ours.name, peer: peer.name, count: 1 } as const;
          const floor = modelFloors[model]?.[contestantOf(ours.name).threads];
          return judge({ ...verdict, ratio: ratioOf(peer, ours) }, floor, peak);
        }),
      );
  });
}

function firstVerdicts({ models, peak }: CpuResults): Verdict[] {
  return models.flatMap(({ model, first }) => {
    const [ours] = first;
    return first
      .filter((time) => !isOurs(time, first))
      .map(({ name: peer, ms }) => {
        const title = `${model}, first prediction`;
        return judge(
          { section: 'models', title, ours: ours.name, peer, ratio: ms / ours.ms, count: 1 },
          firstPredictionFloor,
          peak,
        );
      });
  });
}
