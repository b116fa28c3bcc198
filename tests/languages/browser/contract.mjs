// The contract suite in Chromium:
// `node contract.mjs PLUGGED.wasm PAGE JCO PLAYWRIGHT CHROMIUM CASES`. PAGE is the built page, JCO
// and PLAYWRIGHT are folders `node_modules`, and CASES is a file with a name on each line. Prints
// `CASE: what is wrong` for each case that fails.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { launch, serve } from './chromium.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../../..');
const [component, page, jco, playwright, chromium, list] = process.argv.slice(2);

const { transpile } = await import(
  pathToFileURL(join(repository, 'examples/browser/transpile.mjs'))
);
const contract = await mkdtemp(join(tmpdir(), 'contract-'));
await transpile(component, jco, contract, 'contract');
const data = join(repository, 'tests/data');
const entries = await readdir(data, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => relative(data, join(entry.parentPath ?? entry.path, entry.name)));
const cases = (await readFile(list, 'utf8')).split('\n').filter((name) => name !== '');

const server = await serve({ page, contract, data, tests: here });
const { context, close } = await launch(playwright, chromium);
try {
  const tab = await context.newPage();
  await tab.goto(`${server.url}/tests/contract.html`);
  const ask = (request) =>
    tab.evaluate((request) => new Promise((resolve) => {
      globalThis.worker ??= new Worker('/tests/contract-worker.js', { type: 'module' });
      globalThis.worker.onmessage = ({ data }) => resolve(data);
      globalThis.worker.onerror = ({ message }) => resolve(message);
      globalThis.worker.postMessage(request);
    }), request);
  const ready = await ask({ files });
  if (ready !== 'ready') throw new Error(ready);
  for (const name of cases) {
    const wrong = await ask({ name });
    if (wrong !== '') console.log(`${name}: ${wrong.replaceAll('\n', '\n    ')}`);
  }
} finally {
  await close();
  server.close();
  await rm(contract, { recursive: true });
}
