// What the tests of this suite compare with.

import { FilemapError } from 'filemap-plugin';
import type { ErrorCode } from 'filemap-plugin';

/** Returns a value as text: its type, its shape and its elements, down to the sign of zero. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (ArrayBuffer.isView(value)) {
    const shape = 'shape' in value ? ` ${show(value.shape)}` : '';
    return `${value.constructor.name}${shape} ${show(Array.from(value as Uint8Array))}`;
  }
  return `{${Object.entries(value).map(([name, item]) => `${name}: ${show(item)}`).join(' ')}}`;
}

/** Fails unless the value is the expected one, as `show` writes it. */
export function equal(value: unknown, expected: string): void {
  const shown = show(value);
  if (shown !== expected) throw new Error(`expected ${expected}, not ${shown}`);
}

/** Fails unless the call throws an error of this class, or a `FilemapError` with this code. */
export function throws(
  kind: ErrorCode | typeof TypeError | typeof RangeError,
  text: string | RegExp,
  call: () => unknown,
): void {
  let result;
  try {
    result = call();
  } catch (error) {
    const right =
      typeof kind === 'string'
        ? error instanceof FilemapError && error.code === kind
        : error instanceof kind;
    const { message, stack } = error as Error;
    if (right && message.match(text) && stack) return;
    throw error;
  }
  throw new Error(`expected an error ${text}, not ${show(result)}`);
}
