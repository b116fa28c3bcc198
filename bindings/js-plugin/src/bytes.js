// Bytes from the values of a program, and text.

import { kind, text } from './check.js';

// QuickJS has neither. There, the functions that encode parts of URLs do the same.
const encoder = globalThis.TextEncoder && new TextEncoder();
const decoder =
  globalThis.TextDecoder && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns a text as UTF-8. */
export function encode(value, what) {
  text(value, what);
  if (encoder) return encoder.encode(value);
  const binary = unescape(encodeURIComponent(value));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Returns the text of UTF-8, or throws a `TypeError`. */
export function decode(bytes, what) {
  try {
    if (decoder) return decoder.decode(bytes);
    let binary = '';
    for (let start = 0; start < bytes.length; start += 4096) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 4096));
    }
    return decodeURIComponent(escape(binary));
  } catch (cause) {
    throw new TypeError(`${what} is not UTF-8`, { cause });
  }
}

/** Returns the bytes of a value: those of a buffer, or of a text as UTF-8. */
export function bytesOf(value, what) {
  if (typeof value === 'string') return encode(value, what);
  return bufferOf(value, what, 'a string, an ArrayBuffer or a view of one');
}

/** Returns the bytes of a buffer, without a copy. */
export function bufferOf(value, what, accepted = 'an ArrayBuffer or a view of one') {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError(`${what} must be ${accepted}, not ${kind(value)}`);
}
