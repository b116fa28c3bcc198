// WASI's error codes for the errors of `node:fs`.

/** The codes that are not the lower-case name of the error number without its `E`. */
const CODES = {
  EACCES: 'access',
  EAGAIN: 'would-block',
  EBADF: 'bad-descriptor',
  EBUSY: 'busy',
  EDQUOT: 'quota',
  EEXIST: 'exist',
  EFBIG: 'file-too-large',
  EILSEQ: 'illegal-byte-sequence',
  EINTR: 'interrupted',
  EINVAL: 'invalid',
  EISDIR: 'is-directory',
  ELOOP: 'loop',
  EMFILE: 'insufficient-memory',
  EMLINK: 'too-many-links',
  ENAMETOOLONG: 'name-too-long',
  ENFILE: 'insufficient-memory',
  ENODEV: 'no-device',
  ENOENT: 'no-entry',
  ENOLCK: 'no-lock',
  ENOMEM: 'insufficient-memory',
  ENOSPC: 'insufficient-space',
  ENOSYS: 'unsupported',
  ENOTDIR: 'not-directory',
  ENOTEMPTY: 'not-empty',
  ENOTSUP: 'unsupported',
  ENXIO: 'no-such-device',
  EOPNOTSUPP: 'unsupported',
  EOVERFLOW: 'overflow',
  EPERM: 'not-permitted',
  EPIPE: 'pipe',
  EROFS: 'read-only',
  ESPIPE: 'invalid-seek',
  ETXTBSY: 'text-file-busy',
  EXDEV: 'cross-device',
};

/**
 * Calls `operation`. Throws WASI's code of an error of the system: a string, as transpiled
 * components expect it. An error without a code of WASI is `io`.
 */
export function withCodes(operation) {
  try {
    return operation();
  } catch (error) {
    throw typeof error?.errno === 'number' ? (CODES[error.code] ?? 'io') : error;
  }
}
