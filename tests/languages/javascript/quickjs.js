// The plugin of `plugin.js` for the engine QuickJS: `u64` is a number, `none` is null, and every
// argument is passed. There is no console: the plugin writes its text to the file `work/printed`.

import { Memmap } from 'filemap:data/array@0.1.0';
import { Store } from 'filemap:data/store@0.1.0';

const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const floats = (bytes) => new Float64Array(bytes.buffer).join(' ');

let printed = '';
const print = (line) => (printed += `${line}\n`);

export const run = {
  run() {
    try {
      Store.open('work/missing', { create: false, readOnly: false, durability: 'none' });
    } catch (error) {
      print(`missing: ${error.payload.code}`);
    }

    const store = Store.open('work/store', { create: true, readOnly: false, durability: 'none' });
    store.set('greeting', bytes('hello'));
    print(`greeting: ${String.fromCharCode(...store.get('greeting'))}`);
    print(`keys: ${store.keys().next(10).join(' ')}`);
    store.close();

    const options = { dtype: '<f8', shape: [2, 2], order: 'c', version: null };
    const array = Memmap.createNpy('work/numbers.npy', options);
    array.write([], new Uint8Array(Float64Array.of(0.5, 1.5, 3.5, 5.25).buffer), null);
    print(`row 1: ${floats(array.read([{ tag: 'at', val: 1 }]))}`);
    for (const operation of ['sum', 'var']) {
      print(`${operation}: ${floats(array.reduce(operation, null).data)}`);
    }
    array.close();

    const file = { dtype: null, mode: 'write', offset: 0, shape: [printed.length], order: 'c' };
    Memmap.open('work/printed', file).write([], bytes(printed), null);
  },
};
