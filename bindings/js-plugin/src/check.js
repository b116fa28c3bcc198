// Checks of arguments. The bindings convert whatever they get, or trap: a text without its type
// becomes an empty list, an unknown mode ends the plugin.

/** Returns what a value is, for messages. */
export function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return value.constructor?.name ?? 'object';
  return typeof value === 'function' ? 'function' : `${typeof value} ${show(value)}`;
}

function show(value) {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Throws unless the value is a string that UTF-8 can represent. */
export function text(value, what) {
  if (typeof value !== 'string') {
    throw new TypeError(`${what} must be a string, not ${kind(value)}`);
  }
  // With the flag `u`, a pair of surrogates is one character, so this finds those without partner.
  if (/[\ud800-\udfff]/u.test(value)) {
    throw new TypeError(`${what} has half of a surrogate pair, which UTF-8 cannot represent`);
  }
  return value;
}

/** Returns the WIT's name of a choice, such as a mode. `undefined` takes the default. */
export function choice(value, names, what, byDefault) {
  const chosen = value === undefined ? byDefault : value;
  if (typeof chosen === 'string' && Object.hasOwn(names, chosen)) return names[chosen];
  const all = Object.keys(names).map((name) => `'${name}'`).join(', ');
  throw new TypeError(`${what} must be one of ${all}, not ${kind(value)}`);
}

/** Returns whether an option is on. `undefined` takes the default. */
export function flag(value, what, byDefault) {
  if (value === undefined) return byDefault;
  if (typeof value !== 'boolean') {
    throw new TypeError(`${what} must be true or false, not ${kind(value)}`);
  }
  return value;
}

/** Checks that options are an object and have no other names, so that no typing error is lost. */
export function options(value, names, what) {
  if (value === null || typeof value !== 'object') {
    throw new TypeError(`the options of ${what} must be an object, not ${kind(value)}`);
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`${what} has no option '${unknown}': it has ${names.join(', ')}`);
  }
  return value;
}
