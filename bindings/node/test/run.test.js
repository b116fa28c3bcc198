// Plugins in processes of their own. COMMAND is the path of the plugin `command` of
// `tests/programs`, which does what its arguments say.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { run } from 'filemap-wasm';

const plugin = process.env.COMMAND;
assert.ok(plugin, 'set COMMAND to the path of the plugin `command` of `tests/programs`');
const folder = mkdtempSync(join(tmpdir(), 'filemap-'));
const cache = join(folder, 'cache');
writeFileSync(join(folder, 'file'), 'content');
symlinkSync('/etc/passwd', join(folder, 'absolute'));
symlinkSync('../../../../../../etc/passwd', join(folder, 'outside'));

/** Runs the plugin with these words, and returns what it wrote as text. */
async function command(words, options) {
  const pipes = { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', cache };
  const result = await run(plugin, { args: words, ...pipes, ...options });
  const text = (bytes) => new TextDecoder().decode(bytes);
  return { ...result, stdout: text(result.stdout), stderr: text(result.stderr) };
}

test('a plugin gets its arguments and its environment, and nothing of this process', async () => {
  assert.equal((await command(['args', 'one', 'zwei ü'])).stdout, '["one", "zwei ü"]\n');
  assert.equal((await command(['env'], { env: { A: '1' } })).stdout, '[("A", "1")]\n');
  assert.equal((await command(['env'])).stdout, '[]\n');
});

test('the standard streams are collected, and the input is bytes', async () => {
  const echoed = await command(['cat'], { stdin: new TextEncoder().encode('in\n') });
  assert.deepEqual(echoed, { code: 0, stdout: 'in\n', stderr: '' });
  assert.equal((await command(['cat'])).stdout, '');
  assert.equal((await command(['complain'])).stderr, 'it is raining\n');
});

test('the exit code is that of the plugin, or 134 and the reason of a trap', async () => {
  assert.equal((await command(['succeed'])).code, 0);
  assert.equal((await command(['fail'])).code, 1);
  assert.equal((await command(['exit', '1'])).code, 1);
  const { code, trap } = await command(['panic']);
  assert.equal(code, 134);
  assert.match(trap, /unreachable/);
});

test('a plugin sees the granted directories alone, by their names', async () => {
  const granted = { dirs: { work: folder } };
  assert.equal((await command(['read', 'work/file'], granted)).stdout, 'content');
  assert.equal((await command(['write', 'work/new', 'text'], granted)).code, 0);
  assert.equal(readFileSync(join(folder, 'new'), 'utf8'), 'text');
  const paths = ['/etc/passwd', 'file', 'work/../file', 'work/absolute', 'work/outside'];
  for (const path of paths) {
    const { code, stdout } = await command(['read', path], granted);
    assert.deepEqual({ path, code, stdout }, { path, code: 1, stdout: '' });
  }
});

test('a directory for reading only is not changed', async () => {
  const granted = { dirsRo: { work: pathToFileURL(folder) } };
  assert.equal((await command(['read', 'work/file'], granted)).stdout, 'content');
  const { code } = await command(['write', 'work/other', 'text'], granted);
  assert.equal(code, 1);
  assert.equal(existsSync(join(folder, 'other')), false);
});

test('a plugin is given as a URL or as bytes, and is transpiled once', async () => {
  const options = { args: ['succeed'], cache };
  assert.equal((await run(pathToFileURL(plugin), options)).code, 0);
  const started = performance.now();
  assert.equal((await run(await readFile(plugin), options)).code, 0);
  assert.ok(performance.now() - started < 60_000);
});

test('a folder of the cache that a crash has left empty is made again', async () => {
  const folders = readdirSync(cache).map((name) => join(cache, name));
  assert.equal(folders.length, 1);
  rmSync(folders[0], { recursive: true });
  mkdirSync(folders[0]);
  assert.equal((await command(['succeed'])).code, 0);
  assert.deepEqual(readdirSync(cache).map((name) => join(cache, name)), folders);
});

test('a plugin that does not end is killed', async () => {
  await assert.rejects(command(['spin'], { timeout: 2000 }), /ran longer than 2000 ms/);
  const signal = AbortSignal.timeout(2000);
  await assert.rejects(command(['spin'], { signal }), { name: 'AbortError' });
  await assert.rejects(command(['spin'], { signal }), { name: 'TimeoutError' });
});

test('a plugin whose reader has gone ends', () => {
  const index = new URL('../src/index.js', import.meta.url);
  const program =
    `import { run } from '${index}';` +
    `await run('${plugin}', { args: ['flood'], stderr: 'ignore', cache: '${cache}' });`;
  const shell = `"${process.execPath}" --input-type=module -e "$1" | head -n 1`;
  const { stdout, signal } = spawnSync('bash', ['-c', shell, 'bash', program], { timeout: 60_000 });
  assert.equal(signal, null);
  assert.match(String(stdout), /^water/);
});

test('what cannot run is an error that says why', async () => {
  await assert.rejects(run('missing.wasm'), { code: 'ENOENT' });
  await assert.rejects(run(Uint8Array.of(1, 2, 3), { cache }), /cannot load the plugin/);
  await assert.rejects(command(['succeed'], { dirs: { work: '/missing' } }), /\/missing/);
  await assert.rejects(command(['succeed'], { dir: {} }), /run has no option 'dir'/);
  const twice = { dirs: { work: '.' }, dirsRo: { work: '.' } };
  await assert.rejects(command(['succeed'], twice), /'work' is granted in dirs and in dirsRo/);
});
