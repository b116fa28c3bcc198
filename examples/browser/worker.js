// The worker of the page: runs the plugin over the files that the page gives to it, and keeps its
// results in the browser's own file system.
//
// The page sends `{ action: 'run', file }`, `{ action: 'run' }` for the model of the example,
// `{ action: 'list' }` or `{ action: 'remove' }`. While it works, the worker sends
// `{ phase, part }`, where `part` is a fraction or absent; at last `{ done }` or `{ failure }`.

import { Content } from './filesystem/content.js';
import { StoredDirectory, missingFeature } from './filesystem/opfs.js';
import { DirectoryNode, FileNode, Tree } from './filesystem/tree.js';
import { Plugin, download } from './plugin.js';
import { storedValues } from './stored-values.js';

/** The folder of this page in the browser's file system. */
const FOLDER = 'filemap-terrain';
/** The directory in it that the plugin is granted, under the same name. */
const STORE = 'results';
/** The lock of that directory: two tabs must not write to it at the same time. */
const LOCK = `${FOLDER}/${STORE}`;
/** The model of the example. */
const SAMPLE = 'jacksboro.npy';

/** The plugin, once it is loaded. */
let plugin = null;

const actions = {
  run: ({ file }) => locked(() => run(file)),
  list: () => locked(async () => contents(await openStore())),
  remove: () => locked(remove),
};

self.onmessage = async ({ data }) => {
  try {
    const missing = missingFeature();
    if (missing !== null) {
      throw new Failure(
        'This browser cannot keep results',
        `It lacks ${missing}, which Chrome and Edge have from version 110, Firefox from 111 and ` +
          'Safari from 17. Private windows may lack it too, and so do pages that come neither ' +
          'over https nor from localhost.',
      );
    }
    self.postMessage({ done: await actions[data.action](data) });
  } catch (error) {
    const { title = 'The page failed', message } = error;
    self.postMessage({ failure: { title, message } });
  }
};

/** An error that the page shows under a title of its own. */
class Failure extends Error {
  constructor(title, message) {
    super(message);
    this.title = title;
  }
}

/** Turns an error into one with this title. */
const titled = (title) => (error) => {
  throw error instanceof Failure ? error : new Failure(title, error.message);
};

let lastPart;

function progress(phase, part = undefined) {
  // A message for each percent is enough.
  const percent = part === undefined ? phase : `${phase} ${Math.floor(part * 100)}`;
  if (percent !== lastPart) self.postMessage({ phase, part });
  lastPart = percent;
}

/** Calls `act` while no other tab uses the store. */
async function locked(act) {
  const unlessBusy = await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    return lock === null ? null : act().then((result) => ({ result }));
  });
  if (unlessBusy !== null) return unlessBusy.result;
  progress('Waiting for another tab of this page, which uses the store');
  return navigator.locks.request(LOCK, act);
}

async function folder() {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

async function openStore() {
  try {
    const handle = await (await folder()).getDirectoryHandle(STORE, { create: true });
    return await StoredDirectory.open(handle);
  } catch (error) {
    throw new Failure(
      "The browser's file system cannot be opened",
      `${error.name}: ${error.message}. Private windows and blocked cookies can be the reason.`,
    );
  }
}

async function remove() {
  progress('Removing the stored results');
  await (await folder()).removeEntry(STORE, { recursive: true });
  return contents(await openStore());
}

/** Returns the keys of the store with the sizes of their values. */
function contents(store) {
  const values = storedValues(store.tree.root);
  return { keys: [...values].map(([key, { content }]) => ({ key, size: content.size })) };
}

async function loadPlugin() {
  plugin ??= await Plugin.load(
    new URL('./plugin/', import.meta.url),
    'terrain',
    (loaded, all) => progress('Loading the plugin', loaded / all),
    () => progress('Compiling the plugin'),
  ).catch(titled('The plugin could not be loaded'));
  return plugin;
}

/** Returns the model of the example as a file. */
async function sample() {
  progress('Loading the elevation model');
  const url = new URL(`./${SAMPLE}`, import.meta.url);
  const bytes = await download(url, () => {}).catch(titled('The model could not be loaded'));
  return new File([bytes], SAMPLE);
}

/** Runs the plugin on a model, and saves what it leaves in its store. */
async function run(given) {
  const file = given ?? (await sample());
  const terrain = await loadPlugin();
  progress('Opening the store');
  const store = await openStore();

  const models = new DirectoryNode();
  models.add(file.name, new FileNode(new Content(file)));
  const grants = { dem: new Tree({ root: models, isWritable: false }), [STORE]: store.tree };
  const start = performance.now();
  progress('Computing', 0);
  const { code, trap, stdout, stderr } = await terrain.run({
    arguments: ['terrain', `dem/${file.name}`, STORE],
    grants,
    // The plugin reads the model from north to south, so this tells how far it is.
    onRead: (tree, end, size) => tree === grants.dem && progress('Computing', end / size),
  });
  const seconds = (performance.now() - start) / 1000;

  // Read the results before the files under them change.
  const values = storedValues(store.tree.root);
  const bytesOf = (key) => {
    const content = values.get(key)?.content;
    return content?.read(0, content.size);
  };
  const [picture, statistics] = ['hillshade.png', 'stats.json'].map(bytesOf);

  // What the plugin has changed before an error is kept, as on a disk.
  const saved = await store
    .save((count, all) => progress('Keeping the results', all === 0 ? 1 : count / all))
    .then(() => null, (error) => error.message);
  if (trap !== null) {
    throw new Failure('The plugin ended unexpectedly', `${stderr}${trap.message}`);
  }
  if (code !== 0) throw new Failure(`The plugin does not take “${file.name}”`, stderr.trim());
  return {
    ...contents(saved === null ? store : await openStore()),
    name: file.name,
    text: stdout,
    picture,
    statistics: JSON.parse(new TextDecoder().decode(statistics)),
    seconds,
    notSaved: saved,
  };
}
