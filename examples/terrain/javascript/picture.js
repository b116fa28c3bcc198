// The picture: rows of grey values as a PNG file that is not compressed.

import { crc32 } from './checksum.js';

/** The largest stored block of a zlib stream in bytes. */
const MAX_BLOCK = 65535;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Returns a greyscale PNG file of 8 bits. `pixels` has its rows from top to bottom. */
export function encode(width, height, pixels) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // Bits of a sample; then 0 for greyscale, deflate, the five filters, no interlacing.
  header[8] = 8;

  const rows = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++) {
    // The byte before each row is its filter: 0, none.
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Returns a chunk: its length, its type, its data, and the checksum of the latter two. */
function chunk(type, data) {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) bytes[4 + index] = type.charCodeAt(index);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Returns a zlib stream of stored blocks. */
function stored(data) {
  const parts = [Uint8Array.of(0x78, 0x01)];
  for (let start = 0; start < data.length; start += MAX_BLOCK) {
    const block = data.subarray(start, start + MAX_BLOCK);
    const last = start + MAX_BLOCK >= data.length ? 1 : 0;
    const { length } = block;
    parts.push(
      Uint8Array.of(last, length & 0xff, length >>> 8, ~length & 0xff, (~length >>> 8) & 0xff),
      block,
    );
  }
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, adler32(data));
  parts.push(sum);
  return concat(parts);
}

function adler32(data) {
  let [low, high] = [1, 0];
  for (let index = 0; index < data.length; index++) {
    low = (low + data[index]) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

function concat(parts) {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
