// The class `Memmap`: opening, attributes, elements.

import { Memmap, ellipsis, mask, newaxis, slice, take } from 'filemap-plugin';
import type { Scalar } from 'filemap-plugin';

import { equal, show, throws } from './check.ts';

/** A value that a program in JavaScript may pass: no type prevents it there. */
const wrong = (value: unknown) => value as never;

export function opening(): void {
  const raw = Memmap.open('work/raw.bin', {
    dtype: '>i2',
    mode: 'w+',
    offset: 4,
    shape: [2, 3],
    order: 'F',
  });
  raw.write([[1, 2, 3], [4, 5, -6]]);
  equal([raw.dtype, raw.itemSize, raw.shape, raw.ndim, raw.strides], '[">i2" 2 [2 3] 2 [2 4]]');
  equal([raw.order, raw.offset, raw.mode, raw.writeable], '["F" 4 "w+" true]');
  equal([raw.filename, raw.size, raw.nbytes], '["/work/raw.bin" 6 12]');
  equal(raw.readRaw(0), 'Uint8Array [0 1 0 2 0 3]');
  equal(raw.readBytes(0, 4), 'Uint8Array [0 1 0 4]');
  raw.flush();
  raw.advise('sequential');

  const bytes = Memmap.open('work/raw.bin', { mode: 'r' });
  equal([bytes.dtype, bytes.shape, bytes.order, bytes.writeable], '["|u1" [16] "C" false]');
  throws('access-denied', '', () => bytes.write(1, 0));
  const one = Memmap.open('work/raw.bin', { mode: 'c', shape: 5, offset: 4 });
  equal(one.read(), 'Uint8Array [5] [0 1 0 4 0]');

  const npy = Memmap.createNpy('work/table.npy', { dtype: '<f4', shape: [2, 2], version: 2 });
  npy.write([1, 2, 3, 4]);
  npy.close();
  throws('closed', '', () => npy.read());
  equal(npy.shape, '[2 2]');
  const read = Memmap.openNpy('work/table.npy', { maxHeaderSize: 1000 });
  equal([read.mode, read.read()], '["r" Float32Array [2 2] [1 2 3 4]]');
  equal(Memmap.openNpy('work/table.npy', { mode: 'r+' }).mode, '"r+"');

  throws('not-found', 'work/none', () => Memmap.openNpy('work/none.npy'));
  throws('corrupt', '', () => Memmap.openNpy('work/raw.bin'));
  throws('limit-exceeded', '', () => Memmap.openNpy('work/table.npy', { maxHeaderSize: 10 }));
  throws('invalid-argument', '', () => Memmap.open('work/raw.bin', { dtype: 'f16x' }));
  throws('out-of-bounds', '', () => Memmap.open('work/raw.bin', { mode: 'r', shape: [17] }));
  throws(TypeError, "one of 'r', 'c'", () => Memmap.open('work/raw.bin', { mode: wrong('rw') }));
  throws(TypeError, "one of 'C', 'F'", () => Memmap.open('work/raw.bin', { order: wrong('c') }));
  throws(TypeError, "no option 'type'", () => Memmap.open('work/raw.bin', wrong({ type: 'f4' })));
  throws(TypeError, 'dtype must be', () => Memmap.open('work/raw.bin', wrong({ dtype: 4 })));
  throws(TypeError, 'shape', () => Memmap.createNpy('work/new.npy', wrong({ dtype: 'f4' })));
  throws(TypeError, 'the options', () => Memmap.createNpy('work/new.npy', wrong(undefined)));
  throws(TypeError, 'Memmap.open', () => new (Memmap as unknown as new () => Memmap)());
}

export function numbers(): void {
  const open = (options: object) => Memmap.open('work/numbers.bin', { mode: 'w+', ...options });
  for (const length of [1.5, NaN, Infinity, -1, 2 ** 53, 2n ** 53n, 2n ** 64n]) {
    throws(RangeError, /integer|negative/, () => open({ shape: [length] }));
    throws(RangeError, /integer|negative/, () => open({ shape: [1], offset: length }));
  }
  for (const length of ['1', null, true, {}, [1]]) {
    throws(TypeError, 'must be an integer', () => open({ shape: [length] }));
  }
  throws('invalid-argument', '', () => open({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }));
  const array = open({ shape: [3n], offset: 2n });
  equal(array.shape, '[3]');
  throws(RangeError, 'integer', () => array.read(0.5));
  throws(RangeError, 'integer', () => array.resize(2 ** 60));
  throws(RangeError, 'negative', () => array.readBytes(-1, 1));
  throws('out-of-bounds', '', () => array.readBytes(2, 2 ** 53 - 1));
  throws('out-of-bounds', '', () => array.at(3));
  equal(array.read(-0), 'Uint8Array [] [0]');
}

/** Every dtype with a typed array: what is written is read, and what does not fit is an error. */
export function dtypes(): void {
  const wide = 2n ** 63n - 1n;
  const cases: [string, Scalar[], string, unknown[]][] = [
    ['|b1', [true, false, 1], 'Uint8Array [3] [1 0 1]', [2, 'true', null, 1n, 0.5]],
    ['|i1', [-128, 127, 5n], 'Int8Array [3] [-128 127 5]', [128, -129, 0.5, '1', true]],
    ['|u1', [0, 255, 7], 'Uint8Array [3] [0 255 7]', [256, -1, NaN]],
    ['<i2', [-32768, 32767, 1], 'Int16Array [3] [-32768 32767 1]', [32768]],
    ['>u2', [1, 65535, 258], 'Uint16Array [3] [1 65535 258]', [65536]],
    ['>i4', [-2, 1, 16909060], 'Int32Array [3] [-2 1 16909060]', [2 ** 31]],
    ['<u4', [4294967295, 0, 1], 'Uint32Array [3] [4294967295 0 1]', [-1]],
    ['<i8', [wide, -1, 2 ** 31], `BigInt64Array [3] [${wide}n -1n 2147483648n]`, [2 ** 53]],
    ['>u8', [2n ** 64n - 1n, 0, 1n], `BigUint64Array [3] [${2n ** 64n - 1n}n 0n 1n]`, [2n ** 64n]],
    ['<f2', [0.5, -2, Infinity], 'Float16Array [3] [0.5 -2 Infinity]', ['1']],
    ['<f4', [0.5, -0, NaN], 'Float32Array [3] [0.5 -0 NaN]', [1n, '1', true]],
    ['>f8', [0.1, 1e300, -1], 'Float64Array [3] [0.1 1e+300 -1]', [undefined]],
  ];
  for (const [dtype, values, expected, refused] of cases) {
    const array = Memmap.createNpy(`work/dtype ${dtype.slice(1)}.npy`, { dtype, shape: 3 });
    array.write(values);
    const read = array.read();
    equal(read, expected);
    equal(array.at(-3), dtype === '|b1' ? 'true' : show(read[0]));
    // The typed array itself, one that begins at an odd place, and one element.
    array.fill(0);
    array.write(read);
    equal(array.read(), expected);
    array.write(values[1]!, slice(1, 2));
    equal(array.read(), expected);
    const bytes = array.readRaw();
    array.fill(bytes.subarray(0, array.itemSize));
    equal(array.readRaw(2), `Uint8Array [${bytes.subarray(0, array.itemSize).join(' ')}]`);
    array.writeRaw(bytes);
    for (const value of refused) {
      const kind = typeof value === 'number' || typeof value === 'bigint' ? Error : TypeError;
      const text = 'element of the dtype';
      throws(kind as typeof TypeError, text, () => array.write(wrong([value, 0, 0])));
      throws(kind as typeof TypeError, text, () => array.fill(wrong(value)));
    }
    const buffer = new ArrayBuffer(24);
    for (const other of [new Float32Array(3), new Uint16Array(3), new DataView(buffer), buffer]) {
      if (expected.startsWith(other.constructor.name)) continue;
      throws(TypeError, 'use writeRaw', () => array.write(wrong(other)));
    }
    equal(array.read(), expected);
  }
  const flags = Memmap.openNpy('work/dtype b1.npy', { mode: 'c' });
  throws(RangeError, '0 or 1', () => flags.write(Uint8Array.of(1, 2, 1)));
}

/** Dtypes without a typed array: bytes, fields and views. */
export function others(): void {
  const dtype = "[('x', '<f4'), ('y', '>i2', (2,))]";
  const points = Memmap.open('work/points.bin', { dtype, mode: 'w+', shape: 2 });
  points.field('x').write([1.5, 2.5]);
  points.field('y').write([[1, 2], [3, 4]]);
  equal(points.field('y').read(), 'Int16Array [2 2] [1 2 3 4]');
  equal(points.readRaw(0), 'Uint8Array [0 0 192 63 0 1 0 2]');
  throws(TypeError, 'no typed array', () => points.read());
  throws(TypeError, 'no typed array', () => points.write(1));
  throws('invalid-argument', '', () => points.field('z'));
  points.fill(points.readRaw(1));
  equal(points.field('x').read(), 'Float32Array [2] [2.5 2.5]');
  const complex = Memmap.open('work/complex.bin', { dtype: 'c8', mode: 'w+', shape: 2 });
  complex.viewAs('<f4').write([1, 2, 3, 4]);
  equal(new Float32Array((complex.sum() as Uint8Array<ArrayBuffer>).buffer), 'Float32Array [4 6]');
  complex.writeRaw(complex.readRaw(1), 0);
  equal(complex.viewAs('<f4').read(), 'Float32Array [4] [3 4 3 4]');
  complex.writeBytes(4, Float32Array.of(9));
  equal(complex.viewAs('<f4').at(1), '9');
}

export function indexing(): void {
  const array = Memmap.createNpy('work/index.npy', { dtype: '<i4', shape: [3, 4] });
  array.write(Int32Array.from({ length: 12 }, (_, index) => index));
  equal(array.at(1, 2), '6');
  equal(array.at(-1n, -1), '11');
  equal(array.read(1), 'Int32Array [4] [4 5 6 7]');
  equal(array.read(slice(1), slice(1, -1)), 'Int32Array [2 2] [5 6 9 10]');
  equal(array.read(slice(null, null, -2), slice(undefined, 2)), 'Int32Array [2 2] [8 9 0 1]');
  equal(array.read(ellipsis, 0), 'Int32Array [3] [0 4 8]');
  equal(array.read(newaxis, 2, slice(0, 2), newaxis), 'Int32Array [1 2 1] [8 9]');
  equal(array.read([2, 0, -1], 1), 'Int32Array [3] [9 1 9]');
  equal(array.read(slice(), [[0, 1], [3, 2]]).shape, '[3 2 2]');
  equal(array.read(take(Int8Array.of(1, 0, 1, 2), [2, 2]), 0), 'Int32Array [2 2] [4 0 4 8]');
  equal(array.read([true, false, true], 0), 'Int32Array [2] [0 8]');
  equal(array.read(mask(Uint8Array.from({ length: 12 }, (_, i) => Number(i % 5 === 0)), [3, 4])),
    'Int32Array [3] [0 5 10]');
  equal(array.read(Uint16Array.of(1), 1), 'Int32Array [1] [5]');
  equal(array.shapeOf(slice(0, 0)), '[0 4]');

  array.write([[100], [200]], slice(0, 2), slice(2));
  equal(array.read(slice(0, 2)), 'Int32Array [2 4] [0 1 100 100 4 5 200 200]');
  array.write(-1, [0, 2], 0);
  array.write([7, 8], slice(1, 2), slice(0, 2));
  equal(array.read(ellipsis, slice(0, 2)), 'Int32Array [3 2] [-1 1 7 8 -1 9]');
  const row = array.read(2);
  array.write(row, slice(0, 2));
  equal(array.read(), 'Int32Array [3 4] [-1 9 10 11 -1 9 10 11 -1 9 10 11]');

  throws('out-of-bounds', '', () => array.read(3));
  throws('out-of-bounds', '', () => array.read(0, 0, 0));
  throws('invalid-argument', '', () => array.read(slice(0, 1, 0)));
  throws('invalid-argument', '', () => array.write([1, 2, 3], 0));
  throws('invalid-argument', '', () => array.view(wrong([0])));
  throws(TypeError, 'one integer for each axis', () => array.at(1));
  throws(TypeError, 'one integer for each axis', () => array.at(1, wrong(slice())));
  for (const index of ['0', null, undefined, {}, true, new Date(0)]) {
    throws(TypeError, 'an index must be', () => array.read(wrong(index)));
  }
  throws(TypeError, 'an index must be', () => array.read(wrong([0, 'a'])));
  throws(TypeError, 'arrays of one length', () => array.read(wrong([[0], [1, 2]])));
  throws(TypeError, 'value of a mask', () => array.read(wrong([true, 2])));
  throws(TypeError, 'arrays of one length', () => array.write(wrong([[1], 2])));
  throws(TypeError, 'integer', () => array.write(wrong([1, , 2, 3]), 0));
}

export function views(): void {
  const array = Memmap.createNpy('work/views.npy', { dtype: '<f8', shape: [2, 3] });
  array.write([0, 1, 2, 3, 4, 5]);
  {
    using row = array.view(1, slice(1));
    row.write([40, 50]);
    equal([row.shape, row.at(0)], '[[2] 40]');
    using element = array.view(0, 0);
    equal([element.shape, element.at(), element.read()], '[[] 0 Float64Array [] [0]]');
    using turned = array.transpose();
    equal(turned.read(), 'Float64Array [3 2] [0 3 1 40 2 50]');
    using same = array.transpose([0, -1]);
    equal([same.shape, turned.order, turned.strides], '[[2 3] "F" [8 24]]');
    using flat = array.reshape(-1);
    equal(flat.shape, '[6]');
    using byColumns = array.reshape([3, 2], 'C');
    equal(byColumns.read(1), 'Float64Array [2] [2 3]');
    using words = array.viewAs('<u4');
    equal(words.shape, '[2 6]');
    throws('invalid-argument', '', () => array.reshape([4]));
    throws('invalid-argument', 'view', () => array.resize(3));
    throws('out-of-bounds', '', () => array.transpose([0, 2]));
    row[Symbol.dispose]();
    throws('closed', 'disposed', () => row.read());
  }
  array.resize(3);
  equal([array.shape, array.read(2)], '[[3 3] Float64Array [3] [0 0 0]]');
  const view = array.view(0);
  array.close();
  array.close();
  throws('closed', '', () => view.read());
}

export function reductions(): void {
  const array = Memmap.createNpy('work/reduce.npy', { dtype: '<i4', shape: [2, 3] });
  array.write([3, 0, -2, 5, 0, 9]);
  equal([array.sum(), array.prod(), array.min(), array.max()], '[15n 0n -2 9]');
  equal([array.mean(), array.var()], '[2.5 13.583333333333334]');
  equal([array.any(), array.all()], '[true false]');
  equal(Math.abs((array.std() as number) ** 2 - 13.583333333333334) < 1e-12, 'true');
  equal([array.argmin(), array.argmax(), array.countNonzero()], '[2 5 4]');
  equal(array.sum(0), 'BigInt64Array [3] [8n 0n 7n]');
  equal(array.max(-1), 'Int32Array [2] [3 9]');
  equal(array.mean(1n), 'Float64Array [2] [0.3333333333333333 4.666666666666667]');
  equal([array.any(0), array.all(0)], '[Uint8Array [3] [1 0 1] Uint8Array [3] [1 0 1]]');
  equal(array.argmin(0), 'Float64Array [3] [0 0 0]');
  equal(array.argmax(1), 'Float64Array [2] [0 2]');
  equal(array.countNonzero(1), 'Float64Array [2] [2 2]');
  equal([array.prod(1), array.min(0), array.var(0)].length, '3');
  equal(array.std(0), 'Float64Array [3] [1 0 5.5]');
  throws('out-of-bounds', 'axis 2', () => array.sum(2));
  throws('out-of-bounds', 'axis -3', () => array.sum(-3));
  throws(RangeError, 'integer', () => array.sum(0.5));
  throws(TypeError, 'integer', () => array.sum(wrong('0')));
  const empty = Memmap.createNpy('work/empty.npy', { shape: [0, 2] });
  equal([empty.sum(), empty.mean(), empty.sum(1)], '[0 NaN Float64Array [0] []]');
  throws('invalid-argument', '', () => empty.min());
}
