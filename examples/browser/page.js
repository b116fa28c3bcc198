// The page: hands files to the worker, and shows what the worker answers.

const element = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat('en');

/** The worker, and the file or action that it works on, or `null`. */
let worker = null;
let working = null;

function startWorker() {
  worker = new Worker('worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => {
    if (data.phase) showPhase(data);
    if (data.failure) finish(() => showFailure(data.failure));
    if (data.done) finish((request) => showDone(request, data.done));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker = null;
    const message = event.message || 'a script of the page could not be loaded or started';
    finish(() => showFailure({ title: 'The page failed', message }));
  };
}

/** Asks the worker for something, unless it is at work. */
function ask(request) {
  if (working !== null) return;
  working = request;
  element('failure').hidden = true;
  element('status').textContent = '';
  for (const id of ['file', 'sample', 'remove']) element(id).disabled = true;
  if (worker === null) startWorker();
  worker.postMessage(request);
}

function finish(show) {
  const request = working;
  working = null;
  element('work').hidden = true;
  for (const id of ['file', 'sample', 'remove']) element(id).disabled = false;
  show(request);
}

function showPhase({ phase, part }) {
  const [progress, percent] = [element('progress'), Math.floor(part * 100)];
  element('work').hidden = false;
  element('phase').textContent = part === undefined ? `${phase} …` : `${phase}: ${percent} %`;
  if (part === undefined) progress.removeAttribute('value');
  else progress.value = part;
}

function showFailure({ title, message }) {
  element('failure-title').textContent = title;
  element('failure-text').textContent = message;
  element('failure').hidden = false;
}

function showDone({ action }, done) {
  showStore(done.keys);
  if (action === 'remove') {
    element('result').hidden = true;
    element('status').textContent = 'The stored results are removed.';
  }
  if (action === 'run') showResult(done);
}

function showStore(keys) {
  element('store').hidden = keys.length === 0;
  const size = keys.reduce((sum, key) => sum + key.size, 0);
  element('store-caption').textContent =
    `${keys.length} values, ${numbers.format(size)} bytes, in the browser’s own file system`;
  element('keys').replaceChildren(
    ...keys.map(({ key, size }) => row(key, [numbers.format(size)])),
  );
}

function showResult({ name, text, picture, statistics, seconds, notSaved }) {
  const { basis, highest, elevation } = statistics;
  const [rows, columns] = basis.shape;
  const isFound = text.includes('\nresults  found in the store');
  element('result-title').textContent = name;
  element('origin').textContent = isFound ? 'found in the store' : 'computed';
  element('text').textContent = text;

  const image = element('picture');
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(new Blob([picture], { type: 'image/png' }));
  element('save').href = image.src;
  [image.width, image.height] = [columns, rows];
  image.alt = `Relief of ${name}, ${rows} rows of ${columns} cells, lit from the north-west.`;
  element('summit').style.left = `${((highest.column + 0.5) / columns) * 100}%`;
  element('summit').style.top = `${((highest.row + 0.5) / rows) * 100}%`;
  element('caption').textContent =
    `Lit from the north-west. The dot is the highest point: ${numbers.format(elevation.max)} m ` +
    `in row ${highest.row}, column ${highest.column}.`;

  const lines = [
    ['elevation (m)', statistics.elevation, 2],
    ['slope (°)', statistics.slope, 2],
    ['hillshade', statistics.hillshade, 4],
  ];
  element('statistics').replaceChildren(
    ...lines.map(([label, { min, max, mean, std }, digits]) => {
      return row(label, [min, max, mean, std].map((number) => number.toFixed(digits)));
    }),
  );
  const facts = {
    'grid': `${rows} rows of ${columns} cells`,
    'dtype': basis.dtype,
    'CRC-32': basis.crc32,
    'time': `${seconds.toFixed(2)} s`,
    ...(isFound ? { 'computed from': statistics.source } : {}),
  };
  element('facts').replaceChildren(
    ...Object.entries(facts).flatMap(([term, fact]) => [cell('dt', term), cell('dd', fact)]),
  );
  element('result').hidden = false;
  element('status').textContent = isFound
    ? `The results of ${name} were found in the store.`
    : `The results of ${name} are computed${notSaved === null ? ' and stored' : ''}.`;
  if (notSaved !== null) {
    showFailure({
      title: 'The results are shown, and not stored',
      message: `${notSaved}. What was stored before and is not replaced is still there.`,
    });
  }
}

/** Returns a row of a table: a heading and cells. */
function row(heading, cells) {
  const line = document.createElement('tr');
  const first = cell('th', heading);
  first.scope = 'row';
  line.append(first, ...cells.map((text) => cell('td', text)));
  return line;
}

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

element('sample').onclick = () => ask({ action: 'run' });
element('remove').onclick = () => ask({ action: 'remove' });
element('file').onchange = ({ target }) => {
  if (target.files.length > 0) ask({ action: 'run', file: target.files[0] });
  // Choosing the same file again is a change, too: it may have other content.
  target.value = '';
};
element('stop').onclick = () => {
  worker.terminate();
  worker = null;
  finish(() => {
    element('status').textContent = 'Stopped. Each stored value is the old one or the new one.';
  });
};

/** Whether something that is dragged over the page is a file. */
const hasFile = ({ dataTransfer }) => dataTransfer.types.includes('Files');
document.ondragover = (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  document.body.classList.add('dragging');
};
document.ondragleave = (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('dragging');
};
document.ondrop = (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  document.body.classList.remove('dragging');
  ask({ action: 'run', file: event.dataTransfer.files[0] });
};

// What is in the store from an earlier visit.
ask({ action: 'list' });
