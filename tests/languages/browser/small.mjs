// A page of one's own: `node small.mjs PAGE PLAYWRIGHT CHROMIUM`. Opens it twice, and prints the
// text that it shows the second time.

import { launch, serve } from './chromium.mjs';

const [page, playwright, chromium] = process.argv.slice(2);
const server = await serve({ page });
const { context, close } = await launch(playwright, chromium);
try {
  const tab = await context.newPage();
  const shown = () => tab.waitForFunction(() => {
    const text = document.getElementById('output').textContent;
    return text === 'The plugin runs …' ? null : text;
  });
  await tab.goto(`${server.url}/page/`);
  await shown();
  await tab.reload();
  process.stdout.write(await (await shown()).jsonValue());
} finally {
  await close();
  server.close();
}
