// The suite and the example in one plugin, because a component with StarlingMonkey takes long to
// build and to compile. `await` at the top level is a part of the test.

import { env } from 'filemap-plugin';

if (env['PROGRAM'] === 'terrain') {
  // @ts-expect-error: a program in JavaScript.
  await import('../../../../examples/terrain/javascript/terrain.js');
} else {
  await import('./main.ts');
}
