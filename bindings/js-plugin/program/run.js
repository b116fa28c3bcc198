// The start of a program in StarlingMonkey.

import { begin } from './process.js';
import { describe } from './report.js';

/** Returns the export `run`. `load` runs the program, which is a module: its code is at top level. */
export function start(load) {
  return {
    async run() {
      begin();
      try {
        await load();
      } catch (error) {
        console.error(describe(error).trimEnd());
        // The error of `run`, which has no value: the exit code 1.
        throw undefined;
      }
    },
  };
}
