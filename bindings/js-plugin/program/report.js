// The last words of a program that an error ended.

/** Frames that say nothing to the program's author: the start, and the making of an error. */
const INNER = /^filemap-plugin\/(program|src\/error\.js)|^\0/;

/** Returns the text for an error that nothing caught: what it is, where it began, its causes. */
export function describe(error) {
  let text = 'Uncaught ';
  const seen = new Set();
  for (let cause = error; ; cause = cause.cause) {
    text += one(cause);
    seen.add(cause);
    if (!(cause instanceof Error) || !('cause' in cause) || seen.has(cause.cause)) return text;
    text += 'Caused by ';
  }
}

function one(error) {
  if (!(error instanceof Error)) return `${typeof error === 'object' ? json(error) : error}\n`;
  const code = error.code === undefined ? '' : ` [${error.code}]`;
  return `${error.name}${code}: ${error.message}\n${frames(error.stack ?? '')}`;
}

/** Engines write a frame as `name@file:line:column`, or as `at name (file:line:column)`. */
const FRAME = /^(?:async\*)?(.*)@.*?:(\d+):\d+$|^\s*at (?:(.*) \()?.*?:(\d+):\d+\)?$/;

function frames(stack) {
  // The build appends this to the program.
  const { files, lines } = globalThis[Symbol.for('filemap-plugin lines')];
  let text = '';
  for (const frame of stack.split('\n')) {
    const [, name, line, otherName, otherLine] = FRAME.exec(frame) ?? [];
    const source = frame.includes('initializer.js') ? 0 : lines[(line ?? otherLine) - 1];
    // Frames of the engine, and of code that the bundler wrote, are in no file.
    if (!source || INNER.test(files[source[0]])) continue;
    const place = `${files[source[0]]}:${source[1]}`;
    const named = (name || otherName || '').replace(/<.*/, '');
    text += named ? `    at ${named} (${place})\n` : `    at ${place}\n`;
  }
  return text;
}

function json(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
