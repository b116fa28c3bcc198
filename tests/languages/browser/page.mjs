// The page in Chromium: `node page.mjs PAGE EXPECTED PLAYWRIGHT CHROMIUM SCREENSHOT`. PAGE is the
// built page. EXPECTED has what `filemap run` leaves and prints: `hillshade.png`, `computed.txt`,
// `found.txt`. PLAYWRIGHT is a folder `node_modules`, and SCREENSHOT the picture to write.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, serve } from './chromium.mjs';

const [folder, expected, playwright, chromium, screenshot] = process.argv.slice(2);
const data = join(dirname(fileURLToPath(import.meta.url)), '../../../examples/terrain/data');
const model = await readFile(join(data, 'jacksboro.npy'));
const replaced = new Map();
const server = await serve({ page: folder }, replaced);
const { context, close } = await launch(playwright, chromium);

/** Opens the page in a new tab. `problems` collects what the browser reports. */
async function open() {
  const tab = await context.newPage();
  tab.problems = [];
  tab.on('pageerror', (error) => tab.problems.push(String(error)));
  tab.on('console', (message) => message.type() === 'error' && tab.problems.push(message.text()));
  // Collect what the line of the progress shows.
  await tab.addInitScript(() => {
    globalThis.phases = [];
    document.addEventListener('DOMContentLoaded', () => {
      const phase = document.getElementById('phase');
      new MutationObserver(() => globalThis.phases.push(phase.textContent))
        .observe(phase, { childList: true });
    });
  });
  await tab.goto(`${server.url}/page/`);
  await idle(tab);
  return tab;
}

/** Waits until the page is not at work. */
const idle = (tab) => tab.waitForFunction(() => !document.getElementById('sample').disabled);

async function take(tab) {
  await tab.click('#sample');
  await idle(tab);
}

const shown = async (tab, selector) => (await tab.innerText(selector)).trim();

/** Returns the texts of the cells of a table. */
const cells = (tab, body) =>
  tab.$$eval(`${body} tr`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent)));

/** Saves the picture that the page shows, and returns its bytes. */
async function picture(tab) {
  await tab.waitForFunction(() => document.getElementById('picture').naturalWidth === 403);
  const [download] = await Promise.all([tab.waitForEvent('download'), tab.click('#save')]);
  assert.equal(download.suggestedFilename(), 'hillshade.png');
  return readFile(await download.path());
}

/** Drops a file on the page. */
async function drop(tab, name, content) {
  const transfer = await tab.evaluateHandle(([name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name));
    return transfer;
  }, [name, [...Buffer.from(content)]]);
  await tab.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
  await idle(tab);
}

/** Returns a `.npy` file. */
function npy(descr, shape, body) {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  const text = `\u{93}NUMPY\u{1}\u{0}v\u{0}${header.padEnd(117)}\n`;
  return Buffer.concat([Buffer.from(text, 'latin1'), body]);
}

/** Checks that the page shows an error with this title and text. */
async function fails(tab, title, text) {
  assert.equal(await shown(tab, '#failure-title'), title);
  assert.match(await shown(tab, '#failure-text'), text);
}

const printed = (name) => readFile(join(expected, name), 'utf8');
const keys = [['hillshade.png', '139,054'], ['slope', '554,528'], ['stats.json', '693']];

async function computesAndFindsResults() {
  const tab = await open();
  assert.equal(await tab.isVisible('#store'), false);
  // By the keyboard: the choice of a file, and then the button.
  await tab.keyboard.press('Tab');
  assert.equal(await tab.evaluate(() => document.activeElement.id), 'file');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  await idle(tab);
  assert.equal(await shown(tab, '#origin'), 'computed');
  assert.equal(await tab.textContent('#text'), await printed('computed.txt'));
  assert.deepEqual(await picture(tab), await readFile(join(expected, 'hillshade.png')));
  assert.deepEqual(await cells(tab, '#keys'), keys);
  assert.deepEqual(await cells(tab, '#statistics'), [
    ['elevation (m)', '236.00', '1076.00', '531.03', '162.46'],
    ['slope (°)', '0.00', '36.14', '13.29', '7.22'],
    ['hillshade', '0.1768', '0.9784', '0.6795', '0.1327'],
  ]);
  assert.match(await shown(tab, '#caption'), /1,076 m in row 297, column 219/);
  const phases = (await tab.evaluate(() => globalThis.phases)).join('\n');
  assert.match(phases, /Loading the plugin: 100 %/);
  assert.match(phases, /Compiling the plugin …/);
  assert.match(phases, /Computing: [1-9]\d %\n(.*\n)*Computing: 100 %/);
  assert.match(phases, /Keeping the results: \d+ %/);
  await tab.setViewportSize({ width: 1100, height: 800 });
  await tab.screenshot({ path: screenshot, fullPage: true });

  await tab.reload();
  await idle(tab);
  assert.deepEqual(await cells(tab, '#keys'), keys);
  await take(tab);
  assert.equal(await shown(tab, '#origin'), 'found in the store');
  assert.equal(await tab.textContent('#text'), await printed('found.txt'));
  assert.deepEqual(await picture(tab), await readFile(join(expected, 'hillshade.png')));
  return tab;
}

async function recomputesAChangedModel(tab) {
  const changed = Buffer.from(model);
  changed.writeInt16LE(2000, 128 + 2 * (100 * 403 + 50));
  await drop(tab, 'jacksboro.npy', changed);
  assert.equal(await shown(tab, '#origin'), 'computed');
  assert.match(await shown(tab, '#caption'), /2,000 m in row 100, column 50/);
  await drop(tab, 'moved.npy', changed);
  assert.equal(await shown(tab, '#origin'), 'found in the store');
}

async function saysWhyItDoesNotTakeAFile(tab) {
  await drop(tab, 'notes.txt', 'This is not an array.');
  const title = (name) => `The plugin does not take “${name}”`;
  await fails(tab, title('notes.txt'), /not a valid \.npy file: the magic string is not correct/);
  await drop(tab, 'cube.npy', npy('<f4', '2, 2, 2', Buffer.alloc(32)));
  await fails(tab, title('cube.npy'), /it has 3 dimensions, and a model has 2: rows and columns/);
  await tab.setInputFiles('#file', {
    name: 'complex.npy',
    mimeType: 'application/octet-stream',
    buffer: npy('<c8', '2, 2', Buffer.alloc(32)),
  });
  await idle(tab);
  await fails(tab, title('complex.npy'), /its dtype is `<c8`/);
  await drop(tab, 'short.npy', npy('<f4', '200, 200', Buffer.alloc(32)));
  await fails(tab, title('short.npy'), /short\.npy/);
  // The next model makes the message disappear.
  await take(tab);
  assert.equal(await tab.isVisible('#failure'), false);
}

async function waitsForAnotherTab(tab) {
  const other = await open();
  await other.evaluate(() => new Promise((locked) => {
    navigator.locks.request('filemap-terrain/results', () => {
      locked();
      return new Promise((release) => { globalThis.release = release; });
    });
  }));
  const waits = () => tab.waitForFunction(() =>
    document.getElementById('phase').textContent.startsWith('Waiting for another tab'));
  await tab.click('#sample');
  await waits();
  await tab.click('#stop');
  assert.match(await shown(tab, '#status'), /^Stopped\./);
  await tab.click('#sample');
  await waits();
  await other.evaluate(() => globalThis.release());
  await idle(tab);
  assert.match(await shown(tab, '#status'), /were found in the store/);
  assert.deepEqual(other.problems, []);
  await other.close();
}

async function saysThatTheDiskIsFull(tab) {
  await tab.click('#remove');
  await idle(tab);
  assert.equal(await tab.isVisible('#store'), false);
  const devtools = await context.newCDPSession(tab);
  const quota = (quotaSize) =>
    devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize });
  await quota(300_000);
  await take(tab);
  assert.equal(await shown(tab, '#origin'), 'computed');
  await fails(tab, 'The results are shown, and not stored', /this site may not store more/);
  await quota(undefined);
  await take(tab);
  assert.equal(await shown(tab, '#origin'), 'computed');
  assert.equal(await tab.isVisible('#failure'), false);
  assert.deepEqual(await cells(tab, '#keys'), keys);
  await take(tab);
  assert.equal(await shown(tab, '#origin'), 'found in the store');
}

async function fitsNarrowScreens(tab) {
  await tab.setViewportSize({ width: 320, height: 700 });
  const width = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 320, `the page is ${width} pixels wide`);
}

async function saysWhatTheBrowserLacks() {
  replaced.set('/page/filesystem/opfs.js', (script) => {
    return `delete StorageManager.prototype.getDirectory;\n${script}`;
  });
  const tab = await open();
  await take(tab);
  await fails(tab, 'This browser cannot keep results', /It lacks a file system of its own/);
  assert.deepEqual(tab.problems, []);
  await tab.close();
  replaced.clear();
}

async function saysWhatCannotBeLoaded() {
  for (const [path, title] of [
    ['/page/plugin/terrain.core4.wasm', 'The plugin could not be loaded'],
    ['/page/jacksboro.npy', 'The model could not be loaded'],
    ['/page/plugin.js', 'The page failed'],
  ]) {
    replaced.set(path, () => null);
    const tab = await open();
    await take(tab);
    await fails(tab, title, path.includes('.js') ? /could not be loaded/ : /cannot load .*: 404/);
    replaced.clear();
    // The page is not broken: the file may be there at the next try.
    await take(tab);
    assert.equal(await tab.isVisible('#failure'), false);
    await tab.close();
  }
}

try {
  const tab = await computesAndFindsResults();
  await recomputesAChangedModel(tab);
  await saysWhyItDoesNotTakeAFile(tab);
  await waitsForAnotherTab(tab);
  await saysThatTheDiskIsFull(tab);
  await fitsNarrowScreens(tab);
  assert.deepEqual(tab.problems, []);
  await saysWhatTheBrowserLacks();
  await saysWhatCannotBeLoaded();
} finally {
  await close();
  server.close();
}
