// Makes the module `provider/filemap.js` from the component `filemap.wasm`, both beside this file, as
// `jco transpile` does.

import { transpile, writeFiles } from '@bytecodealliance/jco-transpile';
import { fileURLToPath } from 'node:url';

const component = fileURLToPath(new URL('filemap.wasm', import.meta.url));
const outDir = fileURLToPath(new URL('provider', import.meta.url));
const { files } = await transpile(component, { outDir, noComponentErrorWrapping: false });
await writeFiles(files);
