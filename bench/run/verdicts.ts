// How ours compares with each peer, class by class, operation by operation and model by model, and whether that is as
// much as is asked.

import type { GpuUse } from '../measure/gpuUse.js';
import type { Peak } from '../measure/peak.js';
import type { Aims, Floors, LayerClass } from '../tables/classes.js';
import { isTraining } from '../tables/keras.js';
import { layers } from '../tables/layers.js';
import { models } from '../tables/models.js';
import { named } from '../tables/named.js';
import type { Limits, Row, Section, TimedRow, Verdict } from './results.js';

type Machine = { readonly peak?: Peak; readonly limits?: Limits };

/** Rows that are averaged. */
interface Group extends Pick<Verdict, 'group' | 'title' | 'partOf'> {
  readonly rows: readonly TimedRow[];
  /** What is asked of ours with one thread (alone, with any number), and with two. */
  readonly floors?: readonly [Floors?, Floors?];
}

export function verdictsOf(aims: Aims, rows: readonly Row[], machine: Machine = {}): Verdict[] {
  const timed = rows.filter((row): row is TimedRow => row.section !== 'memory');
  const inSection = (...sections: Section[]) => timed.filter(({ section }) => sections.includes(section));
  const each = (section: Section, group: Verdict['group'], floorsOf: (name: string) => Group['floors']) =>
    inSection(section).map((row): Group => ({ group, title: row.name, rows: [row], floors: floorsOf(row.name) }));
  const groups: Group[] = [
    ...layerGroups(aims.classes, inSection('layers', 'gradients')),
    { group: 'threads', title: 'two threads', rows: inSection('threads'), floors: [aims.threads] },
    ...each('ops', 'ops', () => [aims.ops]),
    { group: 'calls', title: 'calls on 8x8 pixels', rows: inSection('calls'), floors: [aims.calls] },
    ...each('models', 'models', (name) => aims.models?.[name]),
    ...shippedGroup('models', inSection('models'), aims.shipped),
    ...each('training', 'training steps', (name) => [aims.training?.[name]]),
    ...kerasGroups(inSection('keras'), aims),
    ...sharedPredictions(inSection('keras'), aims),
    ...each('first', 'first prediction', () => [aims.first]),
    ...shippedGroup('first prediction', inSection('first'), aims.shippedFirst),
  ];
  const gpu = inSection('first').flatMap((row) => gpuVerdicts(row, aims));
  return [...groups.flatMap((group) => factors(group, machine)), ...gpu];
}

function shippedGroup(group: Verdict['group'], all: readonly TimedRow[], floors: Floors | undefined): Group[] {
  const rows = all.filter(({ name }) => named(models, name).isShipped);
  return rows.length > 1 ? [{ group, title: 'networks of other packages', rows, floors: [floors] }] : [];
}

function kerasGroups(rows: readonly TimedRow[], { keras }: Aims): Group[] {
  const groups = [
    { title: 'predictions', rows: rows.filter(({ name }) => !isTraining(name)) },
    { title: 'training steps', rows: rows.filter(({ name }) => isTraining(name)) },
  ] as const;
  return groups
    .filter((group) => group.rows.length > 0)
    .map((group): Group => ({ group: 'Keras', ...group, floors: [keras?.[group.title]] }));
}

/** Our two threads over our one, in each prediction that has both. */
function sharedPredictions(rows: readonly TimedRow[], { predictionThreads }: Aims): Group[] {
  return rows.flatMap((row): Group[] => {
    const [one] = row.timings;
    const two = row.timings.find(({ name }) => name === `${one.name}@2`);
    if (!two) return [];
    const timings = [
      { ...two, ratio: 1 },
      { ...one, ratio: 1 / two.ratio },
    ];
    const floors = [predictionThreads?.[row.name]] as const;
    return [{ group: 'threads', title: `two threads, ${row.name}`, rows: [{ ...row, timings }], floors }];
  });
}

/** Each class that has rows, and those of its parts that are not all of it. */
function layerGroups(classes: readonly LayerClass[], rows: readonly TimedRow[]): Group[] {
  const rowsOf = ({ pass, includes }: LayerClass) =>
    rows.filter((row) => row.pass === pass && includes(named(layers, row.name)));
  return classes.flatMap((one) => {
    const { title, partOf, pass, floors } = one;
    const own = rowsOf(one);
    const whole = classes.find((other) => other.title === partOf && other.pass === pass);
    const isShown = own.length > 0 && own.length !== (whole && rowsOf(whole).length);
    return isShown ? [{ group: 'layers', title, partOf, rows: own, floors: [floors] }] : [];
  });
}

/** Ours, with one thread and with two where it has them, against each peer. */
function factors({ rows, floors = [], ...head }: Group, { peak, limits }: Machine): Verdict[] {
  const contestants = [...new Set(rows.flatMap(({ timings }) => timings.map(({ name }) => name)))];
  const own = contestants.filter((name, i) => i === 0 || name === `${contestants[0]}@2`);
  const only = head.partOf ? Object.keys(floors[0] ?? {}) : [];
  const peers = contestants.filter((name) => !own.includes(name) && (only.length === 0 || only.includes(name)));
  return own.flatMap((ours, i) =>
    peers.map((peer) => {
      const means = meansOf(rows, ours, peer);
      const asked = floors[i]?.[peer]?.[peak && !peak.fma ? 1 : 0];
      if (!limits || means.unit === 'ms') return judge({ ...head, ours, peer, ...means }, asked);
      const macs = (means.amounts[0] * 1e9) / 2;
      const ofLimits = { macs: macs / limits.macsPerSecond, macsPerFetch: macs / limits.fetchesPerSecond };
      return judge({ ...head, ours, peer, ...means, ofLimits }, asked);
    }),
  );
}

/** Geometric means, over the rows in which both took part. */
function meansOf(rows: readonly TimedRow[], ours: string, peer: string) {
  const pairs = rows.flatMap(({ timings }) => {
    const [own, their] = [ours, peer].map((contestant) => timings.find(({ name }) => name === contestant));
    return own && their ? [{ own, their, ratio: own === timings[0] ? their.ratio : (their.ratio2 ?? Number.NaN) }] : [];
  });
  const isSpeed = pairs.every(({ own }) => own.gflops !== undefined);
  const mean = (side: 'own' | 'their') =>
    geometricMean(pairs.map((pair) => (isSpeed ? pair[side].gflops : pair[side].ms) ?? Number.NaN));
  const unit = isSpeed ? ('GFLOP/s' as const) : ('ms' as const);
  const amounts = [mean('own'), mean('their')] as const;
  return { count: pairs.length, unit, amounts, value: geometricMean(pairs.map(({ ratio }) => ratio)) };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function judge(verdict: Verdict, asked: number | undefined): Verdict {
  if (asked === undefined) return verdict;
  const isAtMost = verdict.unit === 'MiB' || verdict.unit === 'programs';
  return { ...verdict, asked, isReached: isAtMost ? verdict.value <= asked : verdict.value >= asked };
}

/** What a first prediction leaves behind, ours beside the peer's. */
function gpuVerdicts({ name, timings: [ours, theirs] }: TimedRow, { gpuMemory, programs }: Aims): Verdict[] {
  const [own, other] = [ours.gpu, theirs?.gpu];
  if (!own || !other) return [];
  const contestants = { ours: ours.name, peer: theirs.name, count: 1 };
  const share = (what: string, bytesOf: (use: GpuUse) => number, asked?: number): Verdict => {
    const amounts = [bytesOf(own) / 2 ** 20, bytesOf(other) / 2 ** 20] as const;
    const head = { group: 'GPU memory', title: `${name}, ${what}`, ...contestants } as const;
    return judge({ ...head, unit: 'MiB', amounts, value: amounts[0] / amounts[1] }, asked);
  };
  const counts = { unit: 'programs', amounts: [own.programs, other.programs], value: own.programs } as const;
  return [
    share('textures, peak', ({ texturesPeak }) => texturesPeak, gpuMemory),
    share('numBytesInGPU, peak', ({ inUsePeak }) => inUsePeak, gpuMemory),
    share('numBytesInGPU, after', ({ inUseAfter }) => inUseAfter),
    share('allocated, after', ({ allocatedAfter }) => allocatedAfter, gpuMemory),
    judge({ group: 'programs', title: name, ...contestants, ...counts }, programs),
  ];
}
