// The bytes of a file: a `Blob` that never changes, and pages in memory that were written over it.
//
// Bytes of the blob are read when they are needed, so a file may be larger than the memory. A
// snapshot shares its pages with the content until one of both changes a page.

/** The size of a page in bytes. A write into a page of the blob reads the whole page first. */
export const PAGE = 64 << 10;

/** The maximum size of a file in bytes: the largest integer that JavaScript's numbers hold. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** Reads bytes of a blob. Only workers can do this synchronously. */
function readBlob(blob, start, end) {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(start, end)));
}

export class Content {
  #blob;
  #readBlob;
  /** The number of bytes of the blob that belong to the file. Past them, the file has zeroes. */
  #kept;
  #pages = new Map();
  /** The indices of the pages that no snapshot shares. */
  #own = new Set();
  size;

  /**
   * The content of a new file, or of `blob`. `read(blob, start, end)` returns bytes of the blob; by
   * default it is `FileReaderSync`.
   */
  constructor(blob = null, read = readBlob) {
    this.#blob = blob;
    this.#readBlob = read;
    this.#kept = blob === null ? 0 : blob.size;
    this.size = this.#kept;
  }

  /** Returns the bytes from `offset`, at most `length`, and fewer only at the end of the file. */
  read(offset, length) {
    const end = Math.min(offset + length, this.size);
    const bytes = new Uint8Array(Math.max(end - offset, 0));
    let at = offset;
    while (at < end) {
      const page = this.#pages.get(Math.floor(at / PAGE));
      if (page === undefined) {
        // Read the bytes of the blob up to the next page in memory at once.
        const stop = Math.min(this.#nextPage(at, end), end);
        this.#copyBlob(bytes, at - offset, at, stop);
        at = stop;
      } else {
        const inPage = at % PAGE;
        const stop = Math.min(at - inPage + PAGE, end);
        bytes.set(page.subarray(inPage, inPage + stop - at), at - offset);
        at = stop;
      }
    }
    return bytes;
  }

  /** Writes bytes at `offset`, and extends the file with zeroes if it ends before. */
  write(bytes, offset) {
    const end = offset + bytes.length;
    let at = offset;
    while (at < end) {
      const inPage = at % PAGE;
      const stop = Math.min(at - inPage + PAGE, end);
      const isWhole = inPage === 0 && stop - at === PAGE;
      const page = this.#ownPage(Math.floor(at / PAGE), isWhole);
      page.set(bytes.subarray(at - offset, stop - offset), inPage);
      at = stop;
    }
    if (bytes.length > 0) this.size = Math.max(this.size, end);
  }

  /** Truncates the file, or extends it with zeroes. */
  resize(size) {
    if (size < this.size) {
      const last = Math.floor(size / PAGE);
      for (const index of this.#pages.keys()) {
        if (index > last || (index === last && size % PAGE === 0)) {
          this.#pages.delete(index);
          this.#own.delete(index);
        }
      }
      // A later extension must find zeroes.
      if (this.#pages.has(last)) this.#ownPage(last, false).fill(0, size % PAGE);
      this.#kept = Math.min(this.#kept, size);
    }
    this.size = size;
  }

  /** Returns the content as it is now, which later changes do not reach. */
  snapshot() {
    const copy = new Content(this.#blob, this.#readBlob);
    copy.#kept = this.#kept;
    copy.size = this.size;
    copy.#pages = new Map(this.#pages);
    this.#own.clear();
    return copy;
  }

  /**
   * What a file that held the blob needs to hold this content: to be truncated to `kept` bytes,
   * these `pages` of `[offset, bytes]`, and to be extended to `size`.
   */
  changes() {
    const pages = [...this.#pages].map(([index, page]) => {
      const offset = index * PAGE;
      return [offset, page.subarray(0, Math.min(PAGE, this.size - offset))];
    });
    return { kept: this.#kept, pages, size: this.size };
  }

  /** Returns the position of the first page in memory after `at`, or a position from `end` on. */
  #nextPage(at, end) {
    let index = Math.floor(at / PAGE) + 1;
    if (this.#pages.size === 0) return end;
    while (index * PAGE < end && !this.#pages.has(index)) index += 1;
    return index * PAGE;
  }

  #copyBlob(target, position, start, end) {
    const stop = Math.min(end, this.#kept);
    if (start < stop) target.set(this.#readBlob(this.#blob, start, stop), position);
  }

  /** Returns a page that may be changed. A page that is written as a whole need not be read. */
  #ownPage(index, isWhole) {
    let page = this.#pages.get(index);
    if (page !== undefined && this.#own.has(index)) return page;
    if (page === undefined || isWhole) {
      page = new Uint8Array(PAGE);
      if (!isWhole) this.#copyBlob(page, 0, index * PAGE, (index + 1) * PAGE);
    } else {
      page = page.slice();
    }
    this.#pages.set(index, page);
    this.#own.add(index);
    return page;
  }
}
