// The WIT package of a program in a folder, as the engines' tools read it.

import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The world of programs. */
export const WORLD = 'program';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The WIT package: in the published package a copy, in the repository the original. */
const PLACES = [file('../wit'), file('../../../wit')];

/** Writes the world of programs with its dependencies to a new folder. */
export function writeWit(folder) {
  const wit = PLACES.find((place) => existsSync(join(place, 'world.wit')));
  if (wit === undefined) {
    throw new Error(
      `the package has no folder \`wit\` (${PLACES[0]}): install the file that \`npm pack\` makes`,
    );
  }
  mkdirSync(join(folder, 'deps/filemap'), { recursive: true });
  // A package's dependencies lie beside it.
  cpSync(join(wit, 'deps'), join(folder, 'deps'), { recursive: true });
  cpSync(wit, join(folder, 'deps/filemap'), {
    recursive: true,
    filter: (source) => source !== join(wit, 'deps'),
  });
  cpSync(file('../program/cli.wit'), join(folder, 'deps/cli/program.wit'));
  cpSync(file('../program/program.wit'), join(folder, 'program.wit'));
}
