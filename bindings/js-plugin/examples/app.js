// Counts its runs in a store, and keeps squares in an array.

import { File, Memmap, args } from 'filemap-plugin';

using results = new File('data/results');
const runs = Number(results.getText('runs') ?? 0) + 1;
results.set('runs', String(runs));

const [count = '5'] = args;
using squares = Memmap.createNpy('data/squares.npy', { dtype: '<f8', shape: Number(count) });
squares.write(Array.from({ length: squares.size }, (_, index) => index ** 2));
console.log(`run ${runs}: the sum of ${squares.read().join(' ')} is ${squares.sum()}`);
