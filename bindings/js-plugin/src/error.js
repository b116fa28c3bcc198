// The error that every call of the interface throws.

/** An error of the interface: see `index.d.ts`. */
export class FilemapError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}

// On the prototype, as in the classes of the language: it is not an own property of each error.
Object.defineProperty(FilemapError.prototype, 'name', {
  value: 'FilemapError',
  configurable: true,
  writable: true,
});

/**
 * Calls the interface. The bindings throw an object with the WIT's error as `payload`; this throws
 * a `FilemapError` instead. Any other error passes unchanged.
 */
export function call(run) {
  try {
    return run();
  } catch (error) {
    const { code, message } = error?.payload ?? {};
    if (typeof code !== 'string') throw error;
    throw new FilemapError(code, message);
  }
}

/** Returns a resource of the interface, or throws the error of one that was disposed. */
export function live(resource, what) {
  if (resource === undefined) {
    throw new FilemapError('closed', `cannot use the ${what}: it was disposed before`);
  }
  return resource;
}
