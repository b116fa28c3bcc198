// The job of the example on the page, twice, with a reload between:
// `node terrain.mjs PAGE RESULTS PLAYWRIGHT CHROMIUM`.
//
// Prints what the plugin prints, the first text and the second with a NUL between, and writes the
// files that it leaves in the browser's file system to the folder RESULTS.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { launch, serve } from './chromium.mjs';

const [folder, results, playwright, chromium] = process.argv.slice(2);
const server = await serve({ page: folder });
const { context, close } = await launch(playwright, chromium);

/** Waits until the page is not at work. */
const idle = (tab) => tab.waitForFunction(() => !document.getElementById('sample').disabled);

/** Takes the model of the example, and returns what the plugin prints. */
async function take(tab) {
  await tab.goto(`${server.url}/page/`);
  await idle(tab);
  await tab.click('#sample');
  await idle(tab);
  const problem = await tab.$eval('#failure-text', (element) => element.innerText.trim());
  if (problem !== '') throw new Error(problem);
  return tab.$eval('#text', (element) => element.textContent);
}

/** Returns the names and the contents of the files that the plugin leaves, as base64. */
const stored = (tab) => tab.evaluate(async () => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('filemap-terrain');
  const files = [];
  for await (const [name, handle] of (await folder.getDirectoryHandle('results')).entries()) {
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    files.push([name, btoa(text)]);
  }
  return files;
});

try {
  const tab = await context.newPage();
  tab.setDefaultTimeout(300_000);
  const first = await take(tab);
  const second = await take(tab);
  for (const [name, content] of await stored(tab)) {
    await writeFile(join(results, name), Buffer.from(content, 'base64'));
  }
  process.stdout.write(`${first}\0${second}`);
} finally {
  await close();
  server.close();
}
