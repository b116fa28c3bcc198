// The report on a model: the value `stats.json`, and the printed text.

import { CELL_HEIGHT, CELL_WIDTH } from './survey.js';

/** Name and version of the computation: a later version may compute other results. */
const PROGRAM = 'terrain 0.1.0';

/** The keys of the results, in the order in which they are set. */
export const HILLSHADE = 'hillshade.png';
export const SLOPE = 'slope';
export const STATISTICS = 'stats.json';
export const KEYS = [HILLSHADE, SLOPE, STATISTICS];

/** Returns the inputs of the results: two models with the same basis have the same results. */
export function basisOf({ dtype, rows, columns }, checksum) {
  return {
    program: PROGRAM,
    dtype,
    shape: [rows, columns],
    crc32: checksum.toString(16).padStart(8, '0'),
    cell_size: [CELL_HEIGHT, CELL_WIDTH],
  };
}

/** Returns the report with its fields in the order of the file. */
export function reportOf(source, basis, survey) {
  const { elevation, slope, hillshade } = survey.statistics();
  return { source, basis, elevation, highest: survey.highest, slope, hillshade };
}

/** The fields that are integers; every other number is a float, with `.0` if it is whole. */
const INTEGERS = ['shape', 'row', 'column'];

/** Returns the report as the text of `stats.json`. */
export function toJson(report) {
  return `${json(report, '', '\n')}\n`;
}

function json(value, key, indent) {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !INTEGERS.includes(key) ? `${value}.0` : String(value);
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[${value.map((item) => deeper + json(item, key, deeper)).join(',')}${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([name, item]) => `${deeper}${JSON.stringify(name)}: ${json(item, name, deeper)}`,
  );
  return `{${fields.join(',')}${indent}}`;
}

/** Returns the report in a text, or `undefined` if the text is no report of this basis. */
export function parse(text, basis) {
  try {
    const report = JSON.parse(text);
    return JSON.stringify(report.basis) === JSON.stringify(basis) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the text to print. `sizes` has the length of each value of the store. */
export function describe(path, report, origin, store, sizes) {
  const { basis, highest } = report;
  const [rows, columns] = basis.shape;
  const heads = ['min', 'max', 'mean'].map((head) => head.padStart(10)).join('');
  const lines = [
    `model    ${path}: ${rows} rows of ${columns} cells, dtype ${basis.dtype}, ` +
      `CRC-32 ${basis.crc32}`,
    `results  ${origin}`,
    '',
    `${' '.repeat(20)}${heads}${'std'.padStart(12)}`,
    row('elevation (m)', report.elevation, 2),
    row('slope (degrees)', report.slope, 2),
    row('hillshade (0 to 1)', report.hillshade, 4),
    `highest point: ${report.elevation.max} m in row ${highest.row}, column ${highest.column}`,
    '',
    `stored in ${store}, each value in a file \`KEY#N\`:`,
    ...KEYS.map((key, index) => `  ${key.padEnd(14)}${String(sizes[index]).padStart(8)} bytes`),
  ];
  return lines.join('\n');
}

function row(name, { min, max, mean, std }, digits) {
  const numbers = [min, max, mean].map((number) => number.toFixed(digits).padStart(10)).join('');
  return `${name.padEnd(20)}${numbers}${std.toFixed(digits).padStart(12)}`;
}
