/* The elements of arrays: reading, writing, views. */

#include <stdlib.h>
#include <string.h>

#include "index.h"

/* Reads the elements that the indices take. After success, the caller frees the bytes. */
static filemap_code read_elements(const filemap_array *array, const filemap_index *index,
                                  size_t count, plugin_list_u8_t *bytes) {
  filemap_data_array_list_index_t indices;
  filemap_code code = filemap_convert_indices(index, count, &indices);
  if (code != FILEMAP_OK) return code;
  wit_error error;
  bool read =
      filemap_data_array_method_memmap_read(filemap_borrow(array), &indices, bytes, &error);
  free(indices.ptr);
  return read ? FILEMAP_OK : filemap_fail_wit(&error);
}

filemap_code filemap_array_read(const filemap_array *array, const filemap_index *index,
                                size_t count, filemap_bytes *data) {
  *data = (filemap_bytes){NULL, 0};
  plugin_list_u8_t bytes;
  filemap_code code = read_elements(array, index, count, &bytes);
  return code == FILEMAP_OK ? filemap_take_bytes(&bytes, data) : code;
}

filemap_code filemap_array_read_into(const filemap_array *array, const filemap_index *index,
                                     size_t count, void *buffer, size_t size) {
  filemap_code code = filemap_check_data(buffer, size);
  if (code != FILEMAP_OK) return code;
  plugin_list_u8_t bytes;
  code = read_elements(array, index, count, &bytes);
  if (code != FILEMAP_OK) return code;
  if (bytes.len != size) {
    code = filemap_fail(FILEMAP_INVALID_ARGUMENT,
                        "the selected elements have %zu bytes, and the buffer has %zu", bytes.len,
                        size);
  } else if (size != 0) {
    memcpy(buffer, bytes.ptr, size);
  }
  plugin_list_u8_free(&bytes);
  return code;
}

filemap_code filemap_array_write(filemap_array *array, const filemap_index *index, size_t count,
                                 const void *data, size_t size) {
  filemap_code code = filemap_check_data(data, size);
  if (code != FILEMAP_OK) return code;
  filemap_data_array_list_index_t indices;
  code = filemap_convert_indices(index, count, &indices);
  if (code != FILEMAP_OK) return code;
  /* The generated function does not change the data, although its type allows it. */
  plugin_list_u8_t bytes = {(uint8_t *)data, size};
  wit_error error;
  bool written = filemap_data_array_method_memmap_write(filemap_borrow(array), &indices, &bytes,
                                                        NULL, &error);
  free(indices.ptr);
  return written ? FILEMAP_OK : filemap_fail_wit(&error);
}

filemap_code filemap_array_fill(filemap_array *array, const void *element, size_t size) {
  filemap_code code = filemap_check_data(element, size);
  if (code != FILEMAP_OK) return code;
  plugin_list_u8_t bytes = {(uint8_t *)element, size};
  wit_error error;
  if (!filemap_data_array_method_memmap_fill(filemap_borrow(array), &bytes, &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}

filemap_code filemap_array_view(const filemap_array *array, const filemap_index *index,
                                size_t count, filemap_array **view) {
  *view = NULL;
  filemap_data_array_list_index_t indices;
  filemap_code code = filemap_convert_indices(index, count, &indices);
  if (code != FILEMAP_OK) return code;
  wit_memmap handle;
  wit_error error;
  bool made =
      filemap_data_array_method_memmap_view(filemap_borrow(array), &indices, &handle, &error);
  free(indices.ptr);
  return made ? filemap_new_array(handle, view) : filemap_fail_wit(&error);
}

filemap_code filemap_array_field(const filemap_array *array, const char *name,
                                 filemap_array **view) {
  *view = NULL;
  plugin_string_t text;
  filemap_code code = filemap_text(name, "name of the field", &text);
  if (code != FILEMAP_OK) return code;
  wit_memmap handle;
  wit_error error;
  if (!filemap_data_array_method_memmap_field(filemap_borrow(array), &text, &handle, &error)) {
    return filemap_fail_wit(&error);
  }
  return filemap_new_array(handle, view);
}

filemap_code filemap_array_reshape(const filemap_array *array, size_t ndim, const int64_t *shape,
                                   filemap_array **view) {
  *view = NULL;
  filemap_code code = filemap_check_data(shape, ndim);
  if (code != FILEMAP_OK) return code;
  plugin_list_s64_t lengths = {(int64_t *)shape, ndim};
  wit_memmap handle;
  wit_error error;
  if (!filemap_data_array_method_memmap_reshape(filemap_borrow(array), &lengths,
                                                FILEMAP_DATA_ARRAY_ORDER_C, &handle, &error)) {
    return filemap_fail_wit(&error);
  }
  return filemap_new_array(handle, view);
}

filemap_code filemap_array_flush(filemap_array *array) {
  wit_error error;
  if (!filemap_data_array_method_memmap_flush(filemap_borrow(array), &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}

filemap_code filemap_array_resize(filemap_array *array, uint64_t length) {
  wit_error error;
  if (!filemap_data_array_method_memmap_resize(filemap_borrow(array), length, &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}
