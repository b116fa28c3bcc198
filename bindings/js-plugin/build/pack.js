// Before `npm pack`: copies the WIT package and the licences into the package, which has links to
// nothing outside. After it, removes them. Published packages have the copies and not this step.

import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

for (const name of ['wit', 'LICENSE-APACHE', 'LICENSE-MIT']) {
  rmSync(file(name), { recursive: true, force: true });
  if (process.argv[2] !== '--remove') cpSync(file(`../../${name}`), file(name), { recursive: true });
}
