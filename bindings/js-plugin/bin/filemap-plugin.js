#!/usr/bin/env node
// The command `filemap-plugin`.

import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';

import { build, engines } from '../build/build.js';

const USAGE = `Builds a plugin for filemap from a program in JavaScript or TypeScript.

usage: filemap-plugin build PROGRAM [-o FILE] [--engine ENGINE]

  PROGRAM                 the program: a module, .js or .ts, with everything that it imports
  -o, --output FILE       the component; by default PROGRAM with the ending .wasm, here
  -e, --engine ENGINE     starlingmonkey (the default) or quickjs, which is a tenth of the size and
                          starts faster, and has no promises
`;

const ENDINGS = /^\.[cm]?[jt]sx?$/;

class UsageError extends Error {}

function parse() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        engine: { type: 'string', short: 'e', default: 'starlingmonkey' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [command, entry, ...rest] = positionals;
  if (command !== 'build' || entry === undefined || rest.length > 0) {
    throw new UsageError('the command is `build` with one PROGRAM');
  }
  if (!ENDINGS.test(extname(entry))) {
    throw new UsageError(`\`${entry}\` must be a module: .js, .mjs, .ts or .mts`);
  }
  if (!engines.includes(values.engine)) {
    throw new UsageError(`the engine must be ${engines.join(' or ')}, not \`${values.engine}\``);
  }
  const output = values.output ?? `${basename(entry, extname(entry))}.wasm`;
  return { entry, output, engine: values.engine };
}

try {
  const command = parse();
  if (command === undefined) {
    process.stdout.write(USAGE);
  } else {
    const size = await build(command.entry, command);
    console.log(`${command.output}: ${(size / 1e6).toFixed(1)} MB, with ${command.engine}`);
  }
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(usage ? `${error.message}\n\n${USAGE}` : `cannot build the plugin: ${error.message}`);
  process.exitCode = usage ? 2 : 1;
}
