// Interrupted saving in Chromium: `node interrupted.mjs PAGE PLAYWRIGHT CHROMIUM`. Prints what
// `interrupted-worker.js` finds.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, serve } from './chromium.mjs';

const [page, playwright, chromium] = process.argv.slice(2);
const server = await serve({ page, tests: dirname(fileURLToPath(import.meta.url)) });
const { context, close } = await launch(playwright, chromium);
try {
  const tab = await context.newPage();
  await tab.goto(`${server.url}/tests/empty.html`);
  console.log(await tab.evaluate(() => new Promise((resolve) => {
    const worker = new Worker('/tests/interrupted-worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message);
  })));
} finally {
  await close();
  server.close();
}
