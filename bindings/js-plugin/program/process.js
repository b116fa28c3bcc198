// What a program knows of its process. `index.d.ts` documents it.

import { getArguments, getEnvironment } from 'wasi:cli/environment@0.2.0';
import { exit as end } from 'wasi:cli/exit@0.2.0';

// The build runs this module already, and the program starts later: `begin` sets these then.
export let args = Object.freeze([]);
export let env = Object.freeze({});

/** Reads the arguments and the environment. */
export function begin() {
  args = Object.freeze(getArguments().slice(1));
  env = Object.freeze(Object.fromEntries(getEnvironment()));
}

export function exit(code = 0) {
  if (code !== 0 && code !== 1) {
    throw new RangeError(`the exit code must be 0 or 1, as WASI 0.2 has no other, not ${code}`);
  }
  end({ tag: code === 0 ? 'ok' : 'err' });
}
