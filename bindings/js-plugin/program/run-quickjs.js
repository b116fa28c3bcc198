// The start of a program in QuickJS, which has no console and runs no promises.

import { begin } from './process.js';
import { console } from './console.js';
import { describe } from './report.js';

globalThis.console = console;

// The engine never runs what waits for a promise. The build refuses `await`; this finds the rest.
function refuse() {
  throw new Error('QuickJS runs no promises here: build the program for the engine starlingmonkey');
}
Promise.prototype.then = refuse;
globalThis.queueMicrotask = refuse;

/** Returns the export `run`. `load` runs the program, which is a module: its code is at top level. */
export function start(load) {
  return {
    run() {
      begin();
      try {
        load();
      } catch (error) {
        console.error(describe(error).trimEnd());
        // The error of `run`, which has no value: the exit code 1.
        throw undefined;
      }
    },
  };
}
