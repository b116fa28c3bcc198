// Which line of the program's files each line of the bundled module comes from.

import { SourceMap } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));

/**
 * Returns the statement that tells `program/report.js` the lines. `map` is the module's source map,
 * whose paths are relative to the program's `folder`.
 */
export function linesStatement(code, map, folder) {
  const sourceMap = new SourceMap(map);
  const files = [];
  const lines = code.split('\n').map((text, line) => {
    // The mapping that begins at the line's first character, or before it.
    const entry = sourceMap.findEntry(line, text.length - text.trimStart().length);
    if (entry.originalSource === undefined || entry.generatedLine !== line) return 0;
    const name = nameOf(resolve(folder, entry.originalSource), folder);
    if (!files.includes(name)) files.push(name);
    return [files.indexOf(name), entry.originalLine + 1];
  });
  return `globalThis[Symbol.for('filemap-plugin lines')] = ${JSON.stringify({ files, lines })};\n`;
}

function nameOf(path, folder) {
  if (path.startsWith(PACKAGE)) return `filemap-plugin/${relative(PACKAGE, path)}`;
  return relative(folder, path).split(sep).join('/');
}
