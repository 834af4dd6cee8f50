// node tools/start.mjs <package> [arguments]: sets the checkout up and runs a package's command in it.
// Behind `npm start` (the upscaling example, through tsx) and `npm run demo` (the web page, through Vite).

import { binary, runNode } from './command.mjs';
import { checkNode, installDependencies, runMain } from './setup.mjs';

await runMain(async () => {
  checkNode();
  installDependencies();
  const [packageName, ...args] = process.argv.slice(2);
  process.exitCode = await runNode(binary(packageName), args);
});
