// npm run fuzz:files -- [cases] [first seed]: breaks model files of every format and expects a KerasFileError within 5
// seconds and 600 MB, without a tensor left over. `-- 1 <seed>` runs one case again.

import { fuzz } from './fuzz.js';

const [cases = 1000, seed = Math.floor(Math.random() * 2 ** 30)] = process.argv.slice(2).map(Number);
console.log(`${cases} cases from seed ${seed}`);
let done = 0;
const { faults, ...tally } = await fuzz({
  cases,
  seed,
  onCase({ seed: own, title, outcomes, residentMB }) {
    if (++done % 100 === 0) console.log(`${done} cases`);
    for (const { entry, fault } of outcomes) {
      if (fault) console.log(`seed ${own}, ${title}, ${entry}: ${fault.slice(0, 1500)}`);
    }
    if (cases === 1) console.log(title, Math.round(residentMB), 'MB', outcomes);
  },
});
for (const { seed: own, title, entry, fault } of faults) {
  console.log(`FAULT seed ${own}, ${title}, ${entry}: ${fault.split('\n')[0].slice(0, 200)}`);
}
console.log(JSON.stringify({ ...tally, faults: faults.length }));
process.exitCode = faults.length > 0 ? 1 : 0;
