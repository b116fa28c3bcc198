// What the tests in Chromium share: a file server, and the browser.

import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** The flags for a container: no sandbox, no graphics, nothing that looks for the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Serves files like any file server, on a free port of this computer. `folders` has a folder for
 * each first part of a path. `replaced` has, by path, functions that change the content of a file;
 * one that returns `null` makes the file missing.
 */
export async function serve(folders, replaced = new Map()) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const [, first, ...rest] = path.split('/');
    try {
      const file = join(folders[first], rest.join('/') || 'index.html');
      const stored = await readFile(file);
      const content = replaced.has(path) ? replaced.get(path)(stored) : stored;
      if (content === null) throw new Error('it is to be missing');
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type });
      response.end(content);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/**
 * Starts Chromium with a new profile on disk, because one in memory has another file system.
 * `modules` is a folder `node_modules` with playwright.
 */
export async function launch(modules, executablePath) {
  const { chromium } = createRequire(join(resolve(modules), 'x.js'))('playwright-core');
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: FLAGS });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, close };
}
