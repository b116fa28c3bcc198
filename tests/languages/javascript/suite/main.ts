// The tests of the package, as one plugin: `main.ts TEST...` runs the tests with these names, and
// without names all of them. The files stay, for Python to check.

import { File, args, env, exit } from 'filemap-plugin';

import * as file from './file.ts';
import * as memmap from './memmap.ts';

const tests: Record<string, () => void> = {
  'values of stores': file.values,
  'stores as mappings': file.mapping,
  'many keys': file.many,
  'values in pieces': file.pieces,
  'opening stores': file.opening,
  'opening arrays': memmap.opening,
  'numbers': memmap.numbers,
  'dtypes': memmap.dtypes,
  'other dtypes': memmap.others,
  'indices': memmap.indexing,
  'views': memmap.views,
  'reductions': memmap.reductions,
};

/** These end the program, each in another way. */
const endings: Record<string, () => void> = {
  environment: () => console.log(args.join(' '), env["NAME"], env["NONE"]),
  error: () => void new File('work/missing', { create: false }),
  cause: () => {
    try {
      new File('work/missing', { create: false });
    } catch (cause) {
      throw new RangeError('cannot start', { cause });
    }
  },
  text: () => {
    throw 'a text';
  },
  promise: () => void Promise.resolve('later').then((text) => console.log(text)),
  failure: () => exit(1),
  success: () => {
    console.error('the last words');
    exit();
  },
};

if (args[0] !== undefined && args[0] in endings) {
  endings[args[0]]!();
} else {
  for (const name of args.length > 0 ? args : Object.keys(tests)) {
    tests[name]!();
    console.log(`ok ${name}`);
  }
}
