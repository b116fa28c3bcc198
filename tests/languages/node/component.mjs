// Calls the portable component from Node with the host of WASI that jco brings, without a plugin and
// without the package `filemap-wasm`: an error, a store, an array.
//
// `node component.mjs DIRECTORY`. The folder `provider` beside this file has the transpiled component.

import { _setPreopens } from '@bytecodealliance/preview2-shim/filesystem';

_setPreopens({ '/work': process.argv[2] });
const { array, store } = await import('./provider/filemap.js');

const floats = (bytes) => new Float64Array(bytes.slice().buffer).join(' ');

try {
  store.Store.open('work/missing', { create: false, readOnly: false, durability: 'none' });
} catch (error) {
  console.log(`missing: ${error.payload.code}`);
}

const open = { create: true, readOnly: false, durability: 'none' };
const values = store.Store.open('work/store', open);
values.set('greeting', new TextEncoder().encode('hello'));
console.log(`greeting: ${new TextDecoder().decode(values.get('greeting'))}`);
console.log(`keys: ${values.keys().next(10)}`);
values.close();

const options = { dtype: '<f8', shape: BigUint64Array.of(2n, 2n), order: 'c' };
const numbers = array.Memmap.createNpy('work/numbers.npy', options);
numbers.write([], new Uint8Array(Float64Array.of(0.5, 1.5, 3.5, 5.25).buffer));
console.log(`row 1: ${floats(numbers.read([{ tag: 'at', val: 1n }]))}`);
for (const operation of ['sum', 'var']) {
  console.log(`${operation}: ${floats(numbers.reduce(operation).data)}`);
}
numbers.close();
