// Uses of the package that its types accept, and mistakes that they refuse: each line after
// `@ts-expect-error` must be an error. This is compiled and never run.

import { File, FilemapError, Memmap, args, env, exit } from 'filemap-plugin';
import { ellipsis, newaxis, slice, take } from 'filemap-plugin';
import type { ErrorCode, Value } from 'filemap-plugin';

const store = new File('data/store', { readOnly: true, durability: 'full' });
const bytes: Uint8Array<ArrayBuffer> | undefined = store.get('k');
const text: string | undefined = store.getText('k');
store.set('k', 'text').set('k', new Float32Array(2)).set('k', new ArrayBuffer(2));
store.update({ a: 'b' }).update(new Map([['a', new Uint8Array(1)]]));
for (const [key, value] of store) console.log(key.length, value.byteLength);
{
  using reader = store.reader('k');
  if (reader) for (const piece of reader) console.log(piece.length);
}

const array = Memmap.open('data/x.bin', { dtype: '<f8', mode: 'w+', shape: [2, 3] });
const rows: Float64Array & { readonly shape: readonly number[] } =
  array.read<Float64Array>(slice(0, 1), ellipsis, newaxis);
array.read(1, [0, 2], take(Int32Array.of(1)), Int32Array.of(1), [true, false], [[1], [2]]);
array.write(rows, 0);
array.write([[1, 2n], [3, 4]]);
array.fill(true);
const peak: number = array.argmax();
const sum = array.sum();
if (typeof sum === 'bigint') console.log(sum + 1n);
const perRow: readonly number[] = array.mean(1).shape;
const code: ErrorCode = new FilemapError('busy', 'later').code;
const value: Value = 'text';
if (args[0] !== undefined && env['HOME'] === undefined) exit(1);
console.log(bytes?.length, text?.length, peak, perRow, code, value);

// @ts-expect-error: a number is not a value
store.set('k', 1);
// @ts-expect-error: nor is an array of numbers
store.set('k', [1, 2]);
// @ts-expect-error: nor an object
store.update({ a: {} });
// @ts-expect-error: a key is a string
store.get(1);
// @ts-expect-error: `get` returns bytes, not text
const wrongText: string = store.get('k');
// @ts-expect-error: the value may be missing
store.get('k').length;
// @ts-expect-error: the option is `readOnly`
new File('data/store', { readonly: true });
// @ts-expect-error: there is no such durability
new File('data/store', { durability: 'sync' });
// @ts-expect-error: `size` is no method
store.size();
// @ts-expect-error: `size` cannot be set
store.size = 0;
// @ts-expect-error: arrays are opened, not constructed
new Memmap('data/x.bin');
// @ts-expect-error: the modes are numpy's short ones
Memmap.open('data/x.bin', { mode: 'rw' });
// @ts-expect-error: so are those of `.npy` files, without `w+`
Memmap.openNpy('data/x.npy', { mode: 'w+' });
// @ts-expect-error: a new array has a shape
Memmap.createNpy('data/x.npy', { dtype: '<f8' });
// @ts-expect-error: the orders are `C` and `F`
Memmap.createNpy('data/x.npy', { shape: [2], order: 'c' });
// @ts-expect-error: an index is no text
array.read('0');
// @ts-expect-error: a view has no index arrays
array.view([0, 1]);
// @ts-expect-error: one element has no ranges
array.at(slice(0, 1));
// @ts-expect-error: elements are no texts
array.write(['a']);
// @ts-expect-error: raw bytes are written by `writeRaw`
array.write(new ArrayBuffer(8));
// @ts-expect-error: the elements are not Int32Array if they are read as Float64Array
const wrongRows: Int32Array = array.read<Float64Array>();
// @ts-expect-error: a sum may be a bigint
const wrongSum: number = array.sum();
// @ts-expect-error: the shape cannot be changed
array.shape[0] = 1;
// @ts-expect-error: there is no such advice
array.advise('fast');
// @ts-expect-error: there is no such code
new FilemapError('missing', 'no such file');
// @ts-expect-error: WASI has two exit codes
exit(3);
// @ts-expect-error: the arguments cannot be changed
args.push('more');
console.log(wrongText, wrongRows, wrongSum);
