/** The reason of an error, for programs. The WIT interface `errors` describes each. */
export type ErrorCode =
  | 'not-found'
  | 'access-denied'
  | 'busy'
  | 'invalid-argument'
  | 'out-of-bounds'
  | 'truncated'
  | 'no-space'
  | 'limit-exceeded'
  | 'closed'
  | 'corrupt'
  | 'unsupported'
  | 'unavailable'
  | 'interrupted'
  | 'other';

/** An error of the interface. */
export class FilemapError extends Error {
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown });
  /** The reason, for programs to match. `message` is for people, and may change. */
  readonly code: ErrorCode;
}
