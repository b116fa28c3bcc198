// The process of one plugin. It gets a message with the plugin and its grants, and answers with
// the exit code or an error.

import { once } from 'node:events';
import { transpiled } from './cache.js';

/** The exit code of a plugin that trapped, as of the command `filemap run`. */
const TRAPPED = 134;

const [message] = await once(process, 'message');
process.send(await answer(message), () => process.disconnect());

async function answer({ component, key, cache, grants, args, env }) {
  let instantiate;
  let execute;
  try {
    const program = await import('./program.js');
    execute = program.execute;
    instantiate = await program.load(await transpiled(component, key, cache));
  } catch (error) {
    return { error: explain(error) };
  }
  try {
    return { code: execute(instantiate, { grants, args, env }) };
  } catch (error) {
    // A directory that cannot be granted is an error of the caller.
    if (error?.syscall) return { error: `cannot grant a directory: ${error.message}` };
    return { code: TRAPPED, trap: String(error?.stack ?? error) };
  }
}

function explain(error) {
  if (error?.code === 'ERR_MODULE_NOT_FOUND') {
    return (
      'the packages that run plugins are not installed: run `npm install ' +
      `@bytecodealliance/jco-transpile @bytecodealliance/preview2-shim\` (${error.message})`
    );
  }
  if (error instanceof WebAssembly.CompileError) {
    return (
      `Node ${process.version} cannot run the plugin: ${error.message}. Plugins in Python, and in ` +
      'JavaScript with QuickJS, need Node 22 or newer'
    );
  }
  return `cannot load the plugin: ${error?.message ?? error}`;
}
