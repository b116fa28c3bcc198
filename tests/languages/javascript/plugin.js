// A plugin in JavaScript: an error, a store, an array.

import { Memmap } from 'filemap:data/array@0.1.0';
import { Store } from 'filemap:data/store@0.1.0';

const floats = (bytes) => new Float64Array(bytes.buffer).join(' ');

export const run = {
  run() {
    try {
      Store.open('work/missing', { create: false, readOnly: false, durability: 'none' });
    } catch (error) {
      console.log(`missing: ${error.payload.code}`);
    }

    const store = Store.open('work/store', { create: true, readOnly: false, durability: 'none' });
    store.set('greeting', new TextEncoder().encode('hello'));
    console.log(`greeting: ${new TextDecoder().decode(store.get('greeting'))}`);
    console.log(`keys: ${store.keys().next(10).join(' ')}`);
    store.close();

    const options = { dtype: '<f8', shape: BigUint64Array.of(2n, 2n), order: 'c' };
    const array = Memmap.createNpy('work/numbers.npy', options);
    array.write([], new Uint8Array(Float64Array.of(0.5, 1.5, 3.5, 5.25).buffer));
    console.log(`row 1: ${floats(array.read([{ tag: 'at', val: 1n }]))}`);
    for (const operation of ['sum', 'var']) {
      console.log(`${operation}: ${floats(array.reduce(operation).data)}`);
    }
    array.close();
  },
};
