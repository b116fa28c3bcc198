import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Content, PAGE } from '../content.js';

/** Returns numbers that look random, and are the same in each run. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const read = (blob, start, end) => blob.bytes.slice(start, end);
const blobOf = (bytes) => ({ bytes, size: bytes.length });
const all = (content) => content.read(0, content.size + 1);

test('a file that was not changed has the bytes of its blob', () => {
  const bytes = Uint8Array.from({ length: 3 * PAGE + 5 }, (_, index) => index % 251);
  const content = new Content(blobOf(bytes), read);
  assert.deepEqual(all(content), bytes);
  assert.deepEqual(content.read(PAGE - 2, 4), bytes.slice(PAGE - 2, PAGE + 2));
  assert.equal(content.read(bytes.length, 10).length, 0);
  assert.deepEqual(content.changes(), { kept: bytes.length, pages: [], size: bytes.length });
});

test('only the pages that are written are in memory', () => {
  const content = new Content();
  content.resize(6_000_000_000);
  content.write(Uint8Array.of(7), 5_999_999_999);
  assert.equal(content.changes().pages.length, 1);
  assert.deepEqual([...content.read(5_999_999_997, 10)], [0, 0, 7]);
});

test('a file that is truncated and extended again has zeroes', () => {
  for (const blob of [null, blobOf(new Uint8Array(2 * PAGE).fill(9))]) {
    const content = new Content(blob, read);
    content.write(new Uint8Array(2 * PAGE).fill(9), 0);
    content.resize(PAGE + 3);
    content.resize(2 * PAGE);
    const expected = new Uint8Array(2 * PAGE).fill(9, 0, PAGE + 3);
    assert.deepEqual(all(content), expected);
  }
});

for (let seed = 1; seed <= 40; seed += 1) {
  test(`random changes are those of an array, and snapshots keep theirs: seed ${seed}`, () => {
    const random = numbers(seed);
    const below = (limit) => Math.floor(random.next().value * limit);
    let model = Uint8Array.from({ length: below(3 * PAGE) }, () => below(256));
    const content = new Content(blobOf(model), read);
    const snapshots = [];
    for (let step = 0; step < 60; step += 1) {
      const kind = below(4);
      if (kind === 0) {
        const size = below(4 * PAGE);
        const resized = new Uint8Array(size);
        resized.set(model.subarray(0, size));
        model = resized;
        content.resize(size);
      } else if (kind === 1) {
        snapshots.push([content.snapshot(), model]);
      } else {
        const bytes = new Uint8Array(below(2) ? below(9) : below(2 * PAGE)).fill(below(256));
        const offset = below(2) ? below(3) * PAGE : below(3 * PAGE);
        const end = bytes.length === 0 ? 0 : offset + bytes.length;
        const written = new Uint8Array(Math.max(model.length, end));
        written.set(model);
        if (bytes.length > 0) written.set(bytes, offset);
        model = written;
        content.write(bytes, offset);
      }
      assert.equal(content.size, model.length);
      const [start, length] = [below(4 * PAGE), below(2 * PAGE)];
      assert.deepEqual(content.read(start, length), model.slice(start, start + length));
    }
    for (const [snapshot, bytes] of snapshots) assert.deepEqual(all(snapshot), bytes);
  });
}
