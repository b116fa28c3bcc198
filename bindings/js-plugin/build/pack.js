// Before `npm pack`: copies the WIT package and the licences into the package, as a link to files
// outside of it would not be packed. The copies stay, and git ignores them.

import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Files that are the same are left alone: another `npm pack` may be reading them. */
const differs = (from, to) =>
  statSync(from).isDirectory() || !existsSync(to) || !readFileSync(from).equals(readFileSync(to));

for (const name of ['wit', 'LICENSE-APACHE', 'LICENSE-MIT']) {
  cpSync(file(`../../${name}`), file(name), { recursive: true, filter: differs });
}
