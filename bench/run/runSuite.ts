// A benchmark as a command: its steps run and are printed, then the verdicts; the report and its chart are written.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { installPeers } from '../contestants/installPeers.js';
import type { Questions } from '../measure/compare.js';
import { chartOf } from '../report/chart.js';
import type { Options } from '../report/options.js';
import { printer, printVerdicts } from '../report/printer.js';
import { reportText } from '../report/reportText.js';
import { models } from '../tables/models.js';
import { named } from '../tables/named.js';
import type { Suite } from '../tables/suites.js';
import type { Device, Limits, Report } from './results.js';
import { runSteps, stepsOf } from './steps.js';
import { verdictsOf } from './verdicts.js';

interface SuiteRun {
  readonly suite: Suite;
  readonly options: Options;
  readonly ask: Questions;
  /** The engine that runs the code, the renderer, the versions of the peers. */
  readonly device: Device;
  readonly limits?: Limits;
}

/** The exit code tells of rows that failed or computed something wrong, not of verdicts. */
export async function runSuite({ suite, options, ask, device, limits }: SuiteRun): Promise<void> {
  const { quick, only, sections, backends = suite.backends, out } = options;
  const machine = { processor: cpus()[0].model, cores: cpus().length, ...device, tfjs: tf.version.tfjs };
  console.log(machine);
  const peak = suite.hasPeak && (await ask.peak());
  if (peak) console.log(`Multiply-add peak of one core: ${peak.gflops.toFixed(1)} GFLOP/s`);
  const plan = quick ? suite.quick : suite.full;
  const lacksPeers = !sections.some((section) => ['models', 'first', 'memory'].includes(section)) || !installPeers();
  const present = plan.models.filter((name) => !(lacksPeers && named(models, name).isPeer));
  const steps = stepsOf({ suite, plan: { ...plan, models: present }, backends, ask, peak });
  const chosen = steps.filter(({ section, title }) => sections.includes(section) && only.test(title));
  if (chosen.length === 0)
    throw new Error(`--only, --sections: must leave a row; received ${only} and ${sections.join(',')}`);
  const { rows, failures } = await runSteps(chosen, printer());
  const verdicts = verdictsOf(suite.aims, rows, { peak, limits });
  printVerdicts(verdicts);
  if (failures.length > 0) console.log(`\n${failures.length} rows failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
  const date = new Date().toISOString().slice(0, 10);
  if (!out) return;
  const report: Report = { device: machine, date, quick, peak, limits, verdicts, rows, failures };
  const chart = out.replace(/(\.json)?$/, '.svg');
  writeFileSync(out, reportText(report));
  writeFileSync(chart, `${chartOf(suite.title, report)}\n`);
  console.log(`\nWritten to ${out}\nWritten to ${chart}`);
}
