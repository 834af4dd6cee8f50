// Gives one broken file to every entry point, and tells what came of it.

import * as tf from '@tensorflow/tfjs';
import { messageOf } from '../../src/core/errors.js';
import { inspectKerasFile, KerasFileError, kerasFile, loadKerasModel, loadKerasWeights } from '../../src/keras.js';
import { greedyModel } from './greedyModels.js';
import { mutateFiles, type NamedFile } from './mutateFile.js';
import { forgetPeak, peakMB } from './peakMemory.js';
import { choiceOf } from './random.js';
import { type Victim, victimOf } from './victims.js';

/** What one entry point made of one file. */
export interface Outcome {
  readonly entry: string;
  readonly result: 'accepted' | 'refused' | 'fault';
  /** For a fault: what is wrong. */
  readonly fault?: string;
  readonly cpuMs: number;
}

export interface CaseReport {
  readonly seed: number;
  readonly title: string;
  readonly outcomes: readonly Outcome[];
  /** The most at a time, of all entry points. */
  readonly residentMB: number;
}

const LONGEST_MESSAGE = 2000;
export const MOST_CPU_MS = 5000;
const quiet = { onWarning: () => {} };

interface BrokenFile {
  readonly title: string;
  readonly files: readonly NamedFile[];
  /** The sound file that was broken; absent for a model that asks for too much. */
  readonly victim?: Victim;
}

const GREEDY = 0.3; // the share of models that ask for too much

/** The broken file of this seed. */
export async function brokenFile(seed: number): Promise<BrokenFile> {
  const random = choiceOf(seed);
  if (random.chance(GREEDY)) return greedyModel(random);
  const victim = victimOf((items) => random.pick(items));
  return { title: victim.title, victim, files: mutateFiles(await victim.read(), random) };
}

/** @param onEntry is told the name of each entry point before it runs, for a report about one that never ends. */
export async function runCase(seed: number, onEntry: (entry: string) => void = () => {}): Promise<CaseReport> {
  const { title, victim, files } = await brokenFile(seed);
  const source = files.length === 1 ? files[0] : files;
  const entries: Record<string, () => Promise<unknown>> = {
    inspectKerasFile: () => inspectKerasFile(source),
    loadKerasModel: async () => (await loadKerasModel(source, quiet)).dispose(),
    'loadKerasModel, not strict': async () => (await loadKerasModel(source, { ...quiet, strict: false })).dispose(),
    'tf.loadLayersModel': async () => (await tf.loadLayersModel(kerasFile(source, quiet))).dispose(),
    ...(victim && {
      loadKerasWeights: () => loadWeights(victim, source, false),
      'loadKerasWeights, by name': () => loadWeights(victim, source, true),
    }),
  };
  const outcomes: Outcome[] = [];
  forgetPeak();
  for (const [entry, run] of Object.entries(entries)) {
    (globalThis as { gc?: () => void }).gc?.(); // an entry is judged without what others and the mutation left
    onEntry(entry);
    outcomes.push(await judge(entry, run));
  }
  return { seed, title, outcomes, residentMB: peakMB() };
}

async function judge(entry: string, run: () => Promise<unknown>): Promise<Outcome> {
  const before = tf.memory();
  const start = process.cpuUsage();
  let error: unknown;
  let isRefused = false;
  try {
    await run();
  } catch (reason) {
    isRefused = true;
    error = reason;
  }
  const { user, system } = process.cpuUsage(start);
  const cpuMs = (user + system) / 1000;
  const fault = (isRefused ? faultOf(error) : undefined) ?? leftOver(before) ?? tooSlow(cpuMs);
  return { entry, result: fault ? 'fault' : isRefused ? 'refused' : 'accepted', fault, cpuMs };
}

function faultOf(error: unknown): string | undefined {
  const { length } = messageOf(error);
  if (!(error instanceof KerasFileError)) return `no KerasFileError: ${(error as Error)?.stack ?? String(error)}`;
  return length >= LONGEST_MESSAGE ? `a message of ${length} characters: ${error.message.slice(0, 100)}` : undefined;
}

function leftOver(before: tf.MemoryInfo): string | undefined {
  const { numTensors, numBytes } = tf.memory();
  const count = numTensors - before.numTensors;
  return count !== 0 || numBytes !== before.numBytes ? `${count} tensors left behind` : undefined;
}

function tooSlow(cpuMs: number): string | undefined {
  return cpuMs > MOST_CPU_MS ? `${Math.round(cpuMs)} ms` : undefined;
}

type Source = NamedFile | readonly NamedFile[];

/** Loads the weights into a sound model; those of a refused file must not change. */
async function loadWeights(victim: Victim, source: Source, byName: boolean): Promise<void> {
  const files = await (victim.model ?? victim).read();
  const before = tf.memory().numTensors;
  const model = await loadKerasModel(files.length === 1 ? files[0] : files, quiet).catch(() => null);
  if (!model) return; // a fixture that is refused
  const sums = () => model.weights.map((weight) => tf.tidy(() => tf.sum(weight.read()).dataSync()[0]));
  const sumsBefore = sums();
  try {
    await loadKerasWeights(model, source, { ...quiet, byName });
  } catch (error) {
    const changed = sums().findIndex((sum, i) => !Object.is(sum, sumsBefore[i]));
    if (changed >= 0) throw new Error(`weight ${changed} was changed, then: ${messageOf(error)}`);
    throw error;
  } finally {
    model.dispose();
  }
  if (tf.memory().numTensors !== before) throw new Error('loadKerasWeights left tensors behind');
}
