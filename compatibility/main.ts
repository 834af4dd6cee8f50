// npm run compatibility -- [applications|trips|layers|operations|models|masks|graphs|resume] [options]

import { runMain } from '../tools/setup.mjs';
import { runApplications } from './applications.js';
import { parseCaseOptions } from './cases/caseOptions.js';
import { runCases } from './cases/runCases.js';
import { runGraphs } from './graphs/runGraphs.js';
import { runMasks } from './masks/runMasks.js';
import { parseOptions } from './options.js';
import { runResume } from './resume/runResume.js';
import { runTrips } from './trips/runTrips.js';

const [first, ...rest] = process.argv.slice(2);

await runMain(async () => {
  if (first === 'layers' || first === 'operations' || first === 'models') {
    const options = parseCaseOptions(first, rest);
    if (options) await runCases(options);
    return;
  }
  const whole = { masks: runMasks, graphs: runGraphs, resume: runResume, trips: runTrips }[first];
  if (whole) {
    await whole(rest);
    return;
  }
  const options = parseOptions(first === 'applications' ? rest : process.argv.slice(2));
  if (options) await runApplications(options);
});
