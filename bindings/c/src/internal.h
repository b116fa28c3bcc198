/* What the files of the library share: errors, and conversions to the generated types. */
#ifndef FILEMAP_INTERNAL_H
#define FILEMAP_INTERNAL_H

#include "../filemap.h"
#include "../generated/plugin.h"

/* The generated names, shorter. */
typedef filemap_data_errors_error_t wit_error;
typedef filemap_data_array_own_memmap_t wit_memmap;
typedef filemap_data_store_own_store_t wit_store;

struct filemap_store {
  wit_store handle;
};

struct filemap_array {
  wit_memmap handle;
  /* What `filemap_array_info` returned last, and the memory behind it. */
  filemap_info info;
  filemap_data_array_memmap_info_t wit_info;
  char *dtype, *filename;
  bool has_info;
};

/* Sets the message of the last failure and returns `code`. */
__attribute__((format(printf, 2, 3))) filemap_code filemap_fail(filemap_code code,
                                                                const char *format, ...);

/* Takes over an error of the interface: sets the message and returns the code. */
filemap_code filemap_fail_wit(wit_error *error);

/* Sets the message for memory of `size` bytes that the plugin does not have. */
filemap_code filemap_no_memory(size_t size);

/* Converts a string of the caller, which stays the caller's. `what` is its name in errors. */
filemap_code filemap_text(const char *text, const char *what, plugin_string_t *converted);

/* Checks that `data` is not a null pointer unless `size` is 0. */
filemap_code filemap_check_data(const void *data, size_t size);

/* Takes over a list of the interface, and appends a NUL. */
filemap_code filemap_take_bytes(plugin_list_u8_t *list, filemap_bytes *bytes);

/* Takes over a string of the interface, and appends a NUL. */
filemap_code filemap_take_string(plugin_string_t *string, char **text);

/* Makes an array of a handle, which it takes over. */
filemap_code filemap_new_array(wit_memmap handle, filemap_array **array);

/* Returns the borrowed handle of an array. */
static inline filemap_data_array_borrow_memmap_t filemap_borrow(const filemap_array *array) {
  return filemap_data_array_borrow_memmap(array->handle);
}

#endif
