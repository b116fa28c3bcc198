// The class `File`.

import { File } from 'filemap-plugin';

import { equal, throws } from './check.ts';

const text = (values: (Uint8Array | undefined)[]) =>
  values.map((bytes) => bytes && String.fromCharCode(...bytes));

/** A value that a program in JavaScript may pass: no type prevents it there. */
const wrong = (value: unknown) => value as string;

export function values(): void {
  const store = new File('work/values');
  store.set('text', 'häß€𝄞').set('empty', '').set('bytes', Uint8Array.of(0, 255));
  store.set('floats', Float64Array.of(1.5)).set('buffer', Uint8Array.of(1, 2, 3).buffer);
  store.set('part', Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
  store.set('view', new DataView(Uint8Array.of(5, 6, 7).buffer, 1));
  store.setParts('parts', ['ab', Uint8Array.of(99), new ArrayBuffer(1)]);

  equal(store.getText('text'), '"häß€𝄞"');
  equal(store.getText('empty'), '""');
  equal(store.get('text')?.length, '12');
  equal(store.get('bytes'), 'Uint8Array [0 255]');
  equal(store.get('floats'), 'Uint8Array [0 0 0 0 0 0 248 63]');
  equal(store.get('buffer'), 'Uint8Array [1 2 3]');
  equal(store.get('part'), 'Uint8Array [2 3]');
  equal(store.get('view'), 'Uint8Array [6 7]');
  equal(store.get('parts'), 'Uint8Array [97 98 99 0]');
  equal(store.getRange('parts', 1, 2), 'Uint8Array [98 99]');
  equal(store.getRange('parts', 3n, 100), 'Uint8Array [0]');
  equal(store.sizeOf('floats'), '8');
  throws(TypeError, /"bytes" is not UTF-8/, () => store.getText('bytes'));

  for (const value of [undefined, null, 1, 1n, true, {}, ['a'], () => 1, Symbol('s')]) {
    throws(TypeError, 'must be a string, an ArrayBuffer', () => store.set('no', wrong(value)));
    throws(TypeError, 'must be a string', () => store.setParts('no', [wrong(value)]));
    throws(TypeError, 'must be a string', () => store.setDefault('no', wrong(value)));
    throws(TypeError, 'must be a string', () => store.update({ no: wrong(value) }));
    using writer = store.writer('no');
    throws(TypeError, 'must be a string', () => writer.write(wrong(value)));
  }
  throws(TypeError, 'surrogate', () => store.set('no', '\ud800'));
  throws(TypeError, 'surrogate', () => store.set('\udc00x', 'no'));
  equal(store.has('no'), 'false');
  equal(store.size, '8');
}

export function mapping(): void {
  using store = File.open('work/mapping', { durability: 'none' });
  equal([store.get('a'), store.getText('a'), store.sizeOf('a')], '[undefined undefined undefined]');
  equal([store.getRange('a', 0, 1), store.pop('a'), store.reader('a')].length, '3');
  equal([store.openValue('a'), store.popItem(), store.delete('a')], '[undefined undefined false]');

  store.update({ b: 'B', a: 'A' }).update([['c', 'C']]).update(new Map([['d/é', 'D']]));
  equal([...store.keys()], '["a" "b" "c" "d/é"]');
  equal(text([...store.values()]), '["A" "B" "C" "D"]');
  equal(text(store.getMany(['c', 'x', 'a'])), '["C" undefined "A"]');
  equal(text(store.getMany(new Set(['b']))), '["B"]');
  const seen: string[] = [];
  for (const [key, value] of store) seen.push(key, String(value));
  store.forEach((value, key, file) => seen.push(`${value}${key}${file.size}`));
  equal(seen, '["a" "65" "b" "66" "c" "67" "d/é" "68" "65a4" "66b4" "67c4" "68d/é4"]');
  equal([...store.entries()].length, '4');
  equal(text([store.setDefault('a', 'new'), store.setDefault('e', 'E')]), '["A" "E"]');
  equal(text([store.pop('e')]), '["E"]');
  const [first] = store.popItem() ?? [];
  equal([first, store.has('a'), store.has('b'), store.delete('b')], '["a" false true true]');
  equal(`${store}`, '"<File: work/mapping, 2 elements>"'.replace('>', closing(store)));
  store.clear();
  equal([store.size, ...store.keys()], '[0]');

  for (const items of [undefined, 1, 'text', new Date(0), [['k']], ['kv'], [null]]) {
    throws(TypeError, /iterable|pair/, () => store.update(wrong(items) as never));
  }
  for (const key of [undefined, null, 1, {}, ['a']]) {
    for (const call of ['get', 'has', 'delete', 'pop', 'sizeOf', 'reader', 'writer'] as const) {
      throws(TypeError, 'a key must be a string', () => store[call](wrong(key)));
    }
    throws(TypeError, 'a key must be a string', () => store.getMany([wrong(key)]));
  }
  throws(TypeError, 'must be iterable', () => store.getMany('ab' as never));
}

/** The portable provider cannot lock, and says so. */
function closing(store: File): string {
  return `${store}`.includes('not locked') ? ', not locked>' : '>';
}

export function many(): void {
  using store = new File('work/many', { durability: 'none' });
  const keys = Array.from({ length: 2100 }, (_, index) => `key ${String(index).padStart(4, '0')}`);
  store.update(keys.map((key) => [key, key] as const));
  equal(store.size, '2100');
  equal([...store.keys()].join() === keys.join(), 'true');
  let count = 0;
  for (const [key, value] of store) {
    if (key !== String.fromCharCode(...value)) throw new Error(key);
    if (++count === 40) break;
  }
  equal(count, '40');
  throws('limit-exceeded', '10,?000', () => store.getMany(Array(10001).fill('key 0000')));
}

export function pieces(): void {
  const store = new File('work/pieces');
  const writer = store.writer('big');
  writer.write('the ').write(new Uint8Array(100_000));
  equal(store.has('big'), 'false');
  writer.commit();
  throws('closed', '', () => writer.write('more'));
  const reader = store.reader('big')!;
  equal(reader.read(6), 'Uint8Array [116 104 101 32 0 0]');
  equal(reader.read().length, '65536');
  equal([...reader].map((piece) => piece.length), '[34462]');
  equal(reader.read(), 'Uint8Array []');
  reader[Symbol.dispose]();
  throws('closed', 'disposed', () => reader.read());
  {
    using dropped = store.writer('dropped');
    dropped.write('text');
  }
  equal(store.has('dropped'), 'false');
  const array = store.openValue('big', 'c')!;
  equal([array.dtype, array.shape, array.mode], '["|u1" [100004] "c"]');
  array.write('!'.charCodeAt(0), 0);
  equal([array.at(0), store.getRange('big', 0, 1)], '[33 Uint8Array [116]]');
  throws(RangeError, 'negative', () => store.reader('big')?.read(-1));
}

export function opening(): void {
  throws('not-found', 'work/missing', () => new File('work/missing', { create: false }));
  throws('access-denied', 'elsewhere', () => new File('elsewhere'));
  throws(TypeError, 'one of', () => new File('work/x', { durability: wrong('most') as never }));
  throws(TypeError, 'true or false', () => new File('work/x', { create: wrong(1) as never }));
  throws(TypeError, "no option 'readonly'", () => new File('work/x', { readonly: 1 } as never));
  throws(TypeError, 'must be an object', () => new File('work/x', wrong('r') as never));
  throws(TypeError, 'the path must be a string', () => new File(wrong(undefined)));

  const store = new File('work/opening');
  store.set('k', 'v');
  const reading = new File('work/opening', { readOnly: true });
  equal(reading.getText('k'), '"v"');
  throws('access-denied', '', () => reading.set('k', 'w'));
  equal(Object.values(store.verify()), '[0 0 0 [] 0 []]');
  store.close();
  store.close();
  throws('closed', '', () => store.get('k'));
  throws('closed', '', () => store.keys().next());
  equal(`${store}`.endsWith('closed>'), 'true');
  store[Symbol.dispose]();
  throws('closed', 'disposed', () => store.get('k'));
  const keys = reading.keys();
  equal(keys.next().value, '"k"');
}
