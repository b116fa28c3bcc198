/*
 * Persistent mappings and memory-mapped arrays for plugins in C and C++: the interface
 * `filemap:data@0.1.0`.
 *
 * A store works like Python's `zict.File`, and an array like `numpy.memmap`. Both read and write
 * the same files as Python. The names of the WIT package are kept: its text, which `filemap wit`
 * prints, is the full specification of each call.
 *
 * Errors. Every function that can fail returns a `filemap_code`, and 0 (`FILEMAP_OK`) means
 * success. `filemap_message` returns the text of the last failure. After a failure the results
 * that a call returns through pointers are empty: a null pointer, a size of 0.
 *
 * Memory. What a call returns through a pointer to a pointer belongs to the caller, who frees it by
 * the function that the call names. Every such function accepts a null pointer. A string or a
 * pointer that is `const` belongs to the library.
 *
 * Text. Paths, keys and dtypes are strings of UTF-8 that end with a NUL; other bytes are
 * `FILEMAP_INVALID_ARGUMENT`. A plugin has one thread, and so has this library.
 */
#ifndef FILEMAP_H
#define FILEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Errors */

/* Why a call failed. `errors.wit` describes each case. */
typedef enum filemap_code {
  FILEMAP_OK = 0,
  FILEMAP_NOT_FOUND,        /* like ENOENT; a missing key is not an error */
  FILEMAP_ACCESS_DENIED,    /* like EACCES */
  FILEMAP_BUSY,             /* like EBUSY; a later call may succeed */
  FILEMAP_INVALID_ARGUMENT, /* like EINVAL */
  FILEMAP_OUT_OF_BOUNDS,    /* like ERANGE */
  FILEMAP_TRUNCATED,        /* the file is shorter than when it was opened */
  FILEMAP_NO_SPACE,         /* like ENOSPC */
  FILEMAP_LIMIT_EXCEEDED,   /* like ENOMEM and EMFILE; also if the plugin has no memory left */
  FILEMAP_CLOSED,           /* like EBADF */
  FILEMAP_CORRUPT,          /* the content of the file violates its format */
  FILEMAP_UNSUPPORTED,      /* like ENOTSUP */
  FILEMAP_UNAVAILABLE,      /* like ESTALE; a later call may succeed */
  FILEMAP_INTERRUPTED,      /* like EINTR */
  FILEMAP_OTHER             /* like EIO */
} filemap_code;

/* Returns the text of the last call that failed: what was asked, what is the case, and what to do;
   an empty text before the first failure. The text is valid until the next call that fails. */
const char *filemap_message(void);

/* Returns the name of a code as the WIT spells it, such as "not-found"; "ok" for `FILEMAP_OK`, and
   "unknown" for any other number. */
const char *filemap_code_name(filemap_code code);

/* Bytes that the caller frees by `filemap_bytes_free`. */
typedef struct filemap_bytes {
  uint8_t *data; /* a null pointer if there is no value; otherwise data[size] is a NUL */
  size_t size;
} filemap_bytes;

/* Frees the bytes and clears the structure. */
void filemap_bytes_free(filemap_bytes *bytes);

/* Stores */

/* A directory as a mapping from strings to bytes, like `zict.File`. */
typedef struct filemap_store filemap_store;

/* What a write guarantees to be on disk when it returns. */
typedef enum filemap_durability {
  FILEMAP_DURABILITY_NONE, /* nothing; after a power cut a value may be empty */
  FILEMAP_DURABILITY_DATA, /* the bytes: after a power cut the old value or the new one, whole */
  FILEMAP_DURABILITY_FULL  /* the bytes and the name: after a power cut the new value */
} filemap_durability;

typedef struct filemap_store_options {
  bool must_exist; /* whether a missing directory is `FILEMAP_NOT_FOUND`, not created */
  bool read_only;  /* whether every change is `FILEMAP_ACCESS_DENIED` */
  filemap_durability durability;
} filemap_store_options;

/* Opens the directory at `path`. Without options (a null pointer) it is opened for writing with
   `FILEMAP_DURABILITY_DATA`, and created if it does not exist. Close it by `filemap_store_close`.
   Like `zict.File(path)`. */
filemap_code filemap_store_open(const char *path, const filemap_store_options *options,
                                filemap_store **store);

/* Closes the store and frees it. Every write was complete when it returned. Like `z.close()`. */
void filemap_store_close(filemap_store *store);

/* Returns the value of a key, or a null pointer in `value->data` if there is no such key. A value
   of more than 128 MiB is `FILEMAP_LIMIT_EXCEEDED`. Free it by `filemap_bytes_free`. Like
   `z.get(key)`. */
filemap_code filemap_store_get(const filemap_store *store, const char *key, filemap_bytes *value);

/* Returns the bytes `offset` to `offset + length` of a value, cut off at its end, as
   `filemap_store_get` does. Like `z[key][offset:offset + length]`, without reading the rest. */
filemap_code filemap_store_get_range(const filemap_store *store, const char *key, uint64_t offset,
                                     uint64_t length, filemap_bytes *value);

/* Returns whether the key exists, and the length of its value in bytes, which is 0 if there is no
   such key. Reads nothing. Each of the two pointers may be null. Like `key in z`, `len(z[key])`. */
filemap_code filemap_store_size_of(const filemap_store *store, const char *key, bool *exists,
                                   uint64_t *size);

/* Sets the value of a key, atomically. Copies nothing of it for later. Like `z[key] = value`. */
filemap_code filemap_store_set(filemap_store *store, const char *key, const void *value,
                               size_t size);

/* Removes a key, and returns whether it existed, unless `existed` is a null pointer. Like
   `z.discard(key)`. */
filemap_code filemap_store_remove(filemap_store *store, const char *key, bool *existed);

/* Returns the number of keys. Like `len(z)`. */
filemap_code filemap_store_count(const filemap_store *store, uint64_t *count);

/* Returns one line about the directory and its keys, for people. Free it by `free`. Like
   `repr(z)`. */
filemap_code filemap_store_describe(const filemap_store *store, char **text);

/* The keys of a store, one after the other, in the order of their bytes. */
typedef struct filemap_keys filemap_keys;

/* Starts to list the keys of a store, which may change meanwhile. Free the list by
   `filemap_keys_free`. Like `iter(z)`. */
filemap_code filemap_store_keys(const filemap_store *store, filemap_keys **keys);

/* Returns the next key, and its length unless `length` is a null pointer; a null pointer at the
   end. The key belongs to the list and is valid until the next call. A key that contains a NUL is
   longer than `strlen` says, and functions of this header cannot name it. */
filemap_code filemap_keys_next(filemap_keys *keys, const char **key, size_t *length);

/* Ends the listing. */
void filemap_keys_free(filemap_keys *keys);

/* Arrays */

/* An n-dimensional typed view of the bytes of a file, like `numpy.memmap`. */
typedef struct filemap_array filemap_array;

/* How an array accesses its file: the modes of numpy. */
typedef enum filemap_mode {
  FILEMAP_READ_ONLY,     /* `r` */
  FILEMAP_COPY_ON_WRITE, /* `c`: a write changes this array and its views, and never the file */
  FILEMAP_READ_WRITE,    /* `r+` */
  FILEMAP_WRITE          /* `w+`: creates the file, or truncates an existing one */
} filemap_mode;

/* The order of the elements in a file. */
typedef enum filemap_order {
  FILEMAP_ORDER_C,   /* the last index varies fastest */
  FILEMAP_ORDER_F,   /* the first index varies fastest */
  FILEMAP_ORDER_NONE /* not contiguous; only in `filemap_info` */
} filemap_order;

/* How to read the bytes of a file: the parameters of `numpy.memmap`. Fields that are 0 have the
   default that is named here. */
typedef struct filemap_array_options {
  const char *dtype;     /* in the spelling of numpy, such as "<f8"; by default "uint8" */
  filemap_mode mode;     /* by default `FILEMAP_READ_ONLY` */
  uint64_t offset;       /* the position of the first element in the file, in bytes */
  size_t ndim;           /* the number of axes in `shape` */
  const uint64_t *shape; /* by default one axis over everything after `offset` */
  filemap_order order;   /* by default `FILEMAP_ORDER_C` */
} filemap_array_options;

/* The attributes of an array: those of a `numpy.memmap`. */
typedef struct filemap_info {
  const char *dtype;      /* `dtype.str`, or a Python literal if the type has parts */
  size_t item_size;       /* the size of an element in bytes: `itemsize` */
  size_t ndim;            /* the number of axes: `ndim` */
  const uint64_t *shape;  /* the length of each axis in elements: `shape` */
  const int64_t *strides; /* the distance of neighbours on each axis in bytes: `strides` */
  filemap_order order;    /* the order in which the array is contiguous, C if in both: `flags` */
  uint64_t offset;        /* the position of the mapping in the file in bytes: `offset` */
  filemap_mode mode;      /* `mode` */
  bool writeable;         /* whether writes are allowed: `flags.writeable` */
  const char *filename;   /* the absolute path: `filename` */
  uint64_t size;          /* the number of elements: `size` */
  uint64_t nbytes;        /* the number of bytes of all elements: `nbytes` */
} filemap_info;

/* Maps a part of the file at `path`; a null pointer for `options` means all defaults. Reads no
   elements. Close it by `filemap_array_close`. Like `numpy.memmap(path, dtype, mode, offset, shape,
   order)`. */
filemap_code filemap_array_open(const char *path, const filemap_array_options *options,
                                filemap_array **array);

/* Maps the array in the `.npy` file at `path`. `FILEMAP_WRITE` is `FILEMAP_INVALID_ARGUMENT`. Close
   it by `filemap_array_close`. Like `numpy.load(path, mmap_mode=mode)`. */
filemap_code filemap_array_open_npy(const char *path, filemap_mode mode, filemap_array **array);

/* Creates a `.npy` file with an array of zeroes, or replaces an existing file, and maps it for
   reading and writing. Close it by `filemap_array_close`. Like
   `numpy.lib.format.open_memmap(path, 'w+', dtype, shape, fortran_order)`. */
filemap_code filemap_array_create_npy(const char *path, const char *dtype, size_t ndim,
                                      const uint64_t *shape, filemap_order order,
                                      filemap_array **array);

/* Frees an array. Views and mappings that were made from it go on. The file has all writes;
   `filemap_array_flush` puts them on the disk. Like `del a`. */
void filemap_array_close(filemap_array *array);

/* Returns the attributes of an array. They belong to the array and are valid until the next call
   for it, or its close. Like `a.dtype`, `a.shape` and others. */
filemap_code filemap_array_info(filemap_array *array, const filemap_info **info);

/* Stands for a bound of a slice that is not given, like `None`. */
#define FILEMAP_NONE INT64_MIN

/* The kinds of an index. */
typedef enum filemap_index_kind {
  FILEMAP_INDEX_AT,
  FILEMAP_INDEX_SLICE,
  FILEMAP_INDEX_ELLIPSIS,
  FILEMAP_INDEX_NEW_AXIS,
  FILEMAP_INDEX_TAKE,
  FILEMAP_INDEX_MASK
} filemap_index_kind;

/* One entry in a list of indices; made by the functions below. */
typedef struct filemap_index {
  filemap_index_kind kind;
  int64_t start, stop, step;
  const int64_t *indices;
  const bool *values;
  size_t count;
} filemap_index;

/* One element of an axis, which disappears; a negative number counts from the end. Like `a[i]`. */
static inline filemap_index filemap_at(int64_t i) {
  filemap_index index = {FILEMAP_INDEX_AT, i, 0, 0, NULL, NULL, 0};
  return index;
}

/* A range of an axis. Each number may be `FILEMAP_NONE`. Like `a[start:stop:step]`. */
static inline filemap_index filemap_slice(int64_t start, int64_t stop, int64_t step) {
  filemap_index index = {FILEMAP_INDEX_SLICE, start, stop, step, NULL, NULL, 0};
  return index;
}

/* As many whole axes as the other indices leave. Like `a[...]`. */
static inline filemap_index filemap_ellipsis(void) {
  filemap_index index = {FILEMAP_INDEX_ELLIPSIS, 0, 0, 0, NULL, NULL, 0};
  return index;
}

/* A new axis of length 1. Like `a[numpy.newaxis]`. */
static inline filemap_index filemap_new_axis(void) {
  filemap_index index = {FILEMAP_INDEX_NEW_AXIS, 0, 0, 0, NULL, NULL, 0};
  return index;
}

/* The listed elements of an axis. The list must be valid while the index is used, and belongs to
   the caller. Like `a[[3, 1, 1]]`. */
static inline filemap_index filemap_take(const int64_t *indices, size_t count) {
  filemap_index index = {FILEMAP_INDEX_TAKE, 0, 0, 0, indices, NULL, count};
  return index;
}

/* The elements of an axis where `values` is true; it must be valid while the index is used, and
   belongs to the caller. Like `a[mask]`. */
static inline filemap_index filemap_mask(const bool *values, size_t count) {
  filemap_index index = {FILEMAP_INDEX_MASK, 0, 0, 0, NULL, values, count};
  return index;
}

/* Returns a copy of the elements that the indices take: their bytes, in the array's dtype and in C
   order; at most 128 MiB. No indices (0 and a null pointer) take everything. Free it by
   `filemap_bytes_free`. Like `a[index].tobytes()`. */
filemap_code filemap_array_read(const filemap_array *array, const filemap_index *index,
                                size_t count, filemap_bytes *data);

/* Copies the elements that the indices take into `buffer`. If they do not have `size` bytes
   together, the call is `FILEMAP_INVALID_ARGUMENT` and the buffer is unchanged. */
filemap_code filemap_array_read_into(const filemap_array *array, const filemap_index *index,
                                     size_t count, void *buffer, size_t size);

/* Writes the `size` bytes of `data` to the elements that the indices take: elements of the array's
   dtype in C order, at most 128 MiB. Another size is `FILEMAP_INVALID_ARGUMENT`. Like
   `a[index] = data`. */
filemap_code filemap_array_write(filemap_array *array, const filemap_index *index, size_t count,
                                 const void *data, size_t size);

/* Writes one element, of `size` bytes, to all elements of the array. Like `a.fill(value)`. */
filemap_code filemap_array_fill(filemap_array *array, const void *element, size_t size);

/* Returns the elements that the indices take as an array over the same bytes. Reads nothing.
   `filemap_take` and `filemap_mask` are `FILEMAP_INVALID_ARGUMENT` here. Close it by
   `filemap_array_close`. Like `a[index]`. */
filemap_code filemap_array_view(const filemap_array *array, const filemap_index *index,
                                size_t count, filemap_array **view);

/* Returns one field of every element as a view, as `filemap_array_view` does. Like `a[name]`. */
filemap_code filemap_array_field(const filemap_array *array, const char *name,
                                 filemap_array **view);

/* Returns the same elements in another shape, without a copy, as `filemap_array_view` does. One
   length may be -1. Like `a.reshape(shape)`. */
filemap_code filemap_array_reshape(const filemap_array *array, size_t ndim, const int64_t *shape,
                                   filemap_array **view);

/* Waits until everything that was written through this mapping is on the disk. Like
   `a.flush()`. */
filemap_code filemap_array_flush(filemap_array *array);

/* Changes the length of the first axis, and the size of the file. New elements are zero. While
   views or mappings of the array exist, the call is `FILEMAP_INVALID_ARGUMENT`. */
filemap_code filemap_array_resize(filemap_array *array, uint64_t length);

/* A reduction. `array.wit` describes the result of each. */
typedef enum filemap_operation {
  FILEMAP_SUM,
  FILEMAP_PROD,
  FILEMAP_MIN,
  FILEMAP_MAX,
  FILEMAP_MEAN,
  FILEMAP_VAR,
  FILEMAP_STD,
  FILEMAP_ANY,
  FILEMAP_ALL,
  FILEMAP_ARGMIN,
  FILEMAP_ARGMAX,
  FILEMAP_COUNT_NONZERO
} filemap_operation;

/* Stands for all axes in `filemap_array_reduce`, like `axis=None`. */
#define FILEMAP_ALL_AXES INT64_MIN

/* The result of a reduction: an array in memory, which the caller frees by
   `filemap_reduction_free`. */
typedef struct filemap_reduction {
  char *dtype;     /* the element type, little-endian */
  size_t ndim;     /* the number of axes; 0 for a reduction of all elements */
  uint64_t *shape; /* the length of each axis */
  void *data;      /* the elements in C order, aligned for every type */
  size_t size;     /* the number of bytes of all elements */
} filemap_reduction;

/* Reduces all elements (`FILEMAP_ALL_AXES`), or those along an axis; a negative axis counts from
   the end. The elements do not enter the plugin's memory. Like `a.sum(axis)` and others. */
filemap_code filemap_array_reduce(const filemap_array *array, filemap_operation operation,
                                  int64_t axis, filemap_reduction *result);

/* Frees the result and clears the structure. */
void filemap_reduction_free(filemap_reduction *result);

/* Reduces all elements to one number. A result that is not real, or an integer that `double` cannot
   represent exactly, is `FILEMAP_UNSUPPORTED`: use `filemap_array_reduce`. */
filemap_code filemap_array_reduce_to_double(const filemap_array *array,
                                            filemap_operation operation, double *result);

/* Mappings */

/* The elements of an array, or of a range of it, in memory. Where the host allows it (`filemap run
   --map`), the memory is the pages of the file. Otherwise the elements are read into memory, and
   `filemap_map_flush` and `filemap_unmap` write them back. The same program runs in both cases. */
typedef struct filemap_map {
  void *data;    /* the elements, aligned for their dtype; not a null pointer, even if there is none */
  size_t count;  /* the number of elements */
  size_t size;   /* the number of bytes */
  bool is_pages; /* whether the memory is the pages of the file */
  struct filemap_map_state *state;
} filemap_map;

/* What a program does with the memory of a mapping. */
typedef enum filemap_access {
  FILEMAP_MAP_READ, /* reads it; a store into pages traps if the array is `FILEMAP_READ_ONLY` */
  FILEMAP_MAP_WRITE /* also changes it; in an array that is `FILEMAP_COPY_ON_WRITE` the changes stay
                       in this memory */
} filemap_access;

/* Maps `count` elements of an array, starting with element `start` in C order. Unmap it by
   `filemap_unmap`. Like `a.ravel()[start:start + count]`.

   The array must be contiguous in C order (`FILEMAP_INVALID_ARGUMENT`), and writeable for
   `FILEMAP_MAP_WRITE` (`FILEMAP_ACCESS_DENIED`). A range outside the array is
   `FILEMAP_OUT_OF_BOUNDS`. One for which the plugin has no memory is `FILEMAP_LIMIT_EXCEEDED`, and
   so are more mappings than the host allows, 64 at least: map a smaller range, or unmap others. */
filemap_code filemap_map_range(const filemap_array *array, uint64_t start, uint64_t count,
                               filemap_access access, filemap_map *map);

/* Maps all elements of an array, as `filemap_map_range` does. Like `numpy.asarray(a)`. */
filemap_code filemap_map_all(const filemap_array *array, filemap_access access, filemap_map *map);

/* Waits until the changes are in the file and on the disk. Fails if the file was truncated since.
   Like `a.flush()`. */
filemap_code filemap_map_flush(filemap_map *map);

/* Removes the mapping and clears the structure; a cleared structure is accepted too. The changes
   are in the file, unless the call fails: then the message says why some are not. */
filemap_code filemap_unmap(filemap_map *map);

#ifdef __cplusplus
}
#endif

#endif
