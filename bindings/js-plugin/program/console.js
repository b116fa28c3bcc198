// A console for QuickJS, which has none: texts as they are, everything else as in the source.

import { getStderr } from 'wasi:cli/stderr@0.2.0';
import { getStdout } from 'wasi:cli/stdout@0.2.0';

import { encode } from '../src/bytes.js';

/** The maximum that WASI takes in one blocking write. */
const MAX_WRITE = 4096;

/** How deep objects are shown. */
const MAX_DEPTH = 3;

function printer(open) {
  let stream;
  return (...values) => {
    const line = `${values.map((value) => show(value, 0)).join(' ')}\n`;
    // Half of a surrogate pair is printed as the replacement character.
    const bytes = encode(line.replace(/[\ud800-\udfff]/gu, '\ufffd'), 'the text');
    stream ??= open();
    try {
      for (let start = 0; start < bytes.length; start += MAX_WRITE) {
        stream.blockingWriteAndFlush(bytes.subarray(start, start + MAX_WRITE));
      }
    } catch {
      // Nobody reads the output any more, as after `| head -1`.
    }
  };
}

function show(value, depth) {
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}\n${value.stack ?? ''}`.trimEnd();
  const name = value.constructor?.name ?? 'null';
  if (depth === MAX_DEPTH) return `[${name}]`;
  const inner = (item) => show(item, depth + 1);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (ArrayBuffer.isView(value) && 'length' in value) {
    return `${name} [${Array.from(value, inner).join(', ')}]`;
  }
  if (value instanceof Set) return `Set {${Array.from(value, inner).join(', ')}}`;
  if (value instanceof Map) {
    return `Map {${Array.from(value, ([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`;
  }
  const fields = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
  return `${name === 'Object' ? '' : `${name} `}{${fields.join(', ')}}`;
}

const out = printer(getStdout);
const err = printer(getStderr);

export const console = { log: out, info: out, debug: out, error: err, warn: err };
