// Runs cases of a test program in one process, each in a new instance and with its own grants.
//
// `node contract.mjs PACKAGE PLUGIN CACHE`. Each line of the standard input is a case in JSON,
// `{ args, grants }`, and is answered by a line `{ code, output }` or `{ trap, output }`.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [packageFolder, plugin, cache] = process.argv.slice(2);
const source = (name) => import(new URL(`src/${name}`, pathToFileURL(`${packageFolder}/`)));
const { transpiled } = await source('run/cache.js');
const { execute, load, Output } = await source('run/program.js');

let output = '';

/** A standard stream whose text is part of the answer. */
class Collected extends Output {
  #decoder = new TextDecoder();

  write(bytes) {
    output += this.#decoder.decode(bytes, { stream: true });
  }
}

const streams = {
  stdout: { getStdout: () => new Collected() },
  stderr: { getStderr: () => new Collected() },
};
const component = readFileSync(plugin);
const key = createHash('sha256').update(component).digest('hex');
const instantiate = await load(await transpiled(component, key, cache));

for await (const line of createInterface({ input: process.stdin })) {
  output = '';
  let end;
  try {
    end = { code: execute(instantiate, { ...JSON.parse(line), streams }) };
  } catch (error) {
    end = { trap: String(error?.stack ?? error) };
  }
  console.log(JSON.stringify({ ...end, output }));
}
