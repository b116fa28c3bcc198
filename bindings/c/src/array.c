/* Arrays: opening, closing and attributes. */

#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SAME(name) \
  _Static_assert((int)FILEMAP_##name == (int)FILEMAP_DATA_ARRAY_MODE_##name, "the order of modes")
SAME(READ_ONLY);
SAME(COPY_ON_WRITE);
SAME(READ_WRITE);
SAME(WRITE);
_Static_assert((int)FILEMAP_ORDER_C == (int)FILEMAP_DATA_ARRAY_ORDER_C, "the order of orders");
_Static_assert((int)FILEMAP_ORDER_F == (int)FILEMAP_DATA_ARRAY_ORDER_F, "the order of orders");

static filemap_code convert_mode(filemap_mode mode, filemap_data_array_mode_t *converted) {
  if ((unsigned)mode > FILEMAP_WRITE) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT, "%d is not a `filemap_mode`", (int)mode);
  }
  *converted = (filemap_data_array_mode_t)mode;
  return FILEMAP_OK;
}

static filemap_code convert_order(filemap_order order, filemap_data_array_order_t *converted) {
  if ((unsigned)order > FILEMAP_ORDER_F) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT,
                        "%d is not the `filemap_order` of a file: it is C or F", (int)order);
  }
  *converted = (filemap_data_array_order_t)order;
  return FILEMAP_OK;
}

/* Checks that a shape is there. */
static filemap_code check_shape(const void *shape, size_t ndim) {
  if (shape != NULL || ndim == 0) return FILEMAP_OK;
  return filemap_fail(FILEMAP_INVALID_ARGUMENT, "the shape of %zu axes is a null pointer", ndim);
}

filemap_code filemap_new_array(wit_memmap handle, filemap_array **array) {
  *array = calloc(1, sizeof **array);
  if (*array == NULL) {
    filemap_data_array_memmap_drop_own(handle);
    return filemap_no_memory(sizeof **array);
  }
  (*array)->handle = handle;
  return FILEMAP_OK;
}

filemap_code filemap_array_open(const char *path, const filemap_array_options *options,
                                filemap_array **array) {
  static const filemap_array_options defaults;
  *array = NULL;
  if (options == NULL) options = &defaults;
  plugin_string_t text;
  filemap_data_array_memmap_options_t converted = {0};
  filemap_code code = filemap_text(path, "path", &text);
  if (code == FILEMAP_OK) code = convert_mode(options->mode, &converted.mode);
  if (code == FILEMAP_OK) code = convert_order(options->order, &converted.order);
  if (code == FILEMAP_OK) code = check_shape(options->shape, options->ndim);
  if (code == FILEMAP_OK && options->dtype != NULL) {
    converted.dtype.is_some = true;
    code = filemap_text(options->dtype, "dtype", &converted.dtype.val);
  }
  if (code != FILEMAP_OK) return code;
  converted.offset = options->offset;
  converted.shape.is_some = options->shape != NULL;
  converted.shape.val = (plugin_list_u64_t){(uint64_t *)options->shape, options->ndim};
  wit_memmap handle;
  wit_error error;
  if (!filemap_data_array_static_memmap_open(&text, &converted, &handle, &error)) {
    return filemap_fail_wit(&error);
  }
  return filemap_new_array(handle, array);
}

filemap_code filemap_array_open_npy(const char *path, filemap_mode mode, filemap_array **array) {
  *array = NULL;
  plugin_string_t text;
  filemap_data_array_mode_t converted;
  filemap_code code = filemap_text(path, "path", &text);
  if (code == FILEMAP_OK) code = convert_mode(mode, &converted);
  if (code != FILEMAP_OK) return code;
  wit_memmap handle;
  wit_error error;
  if (!filemap_data_array_static_memmap_open_npy(&text, converted, NULL, &handle, &error)) {
    return filemap_fail_wit(&error);
  }
  return filemap_new_array(handle, array);
}

filemap_code filemap_array_create_npy(const char *path, const char *dtype, size_t ndim,
                                      const uint64_t *shape, filemap_order order,
                                      filemap_array **array) {
  *array = NULL;
  plugin_string_t text;
  filemap_data_array_npy_options_t options = {0};
  filemap_code code = filemap_text(path, "path", &text);
  if (code == FILEMAP_OK) code = filemap_text(dtype, "dtype", &options.dtype.val);
  if (code == FILEMAP_OK) code = convert_order(order, &options.order);
  if (code == FILEMAP_OK) code = check_shape(shape, ndim);
  if (code != FILEMAP_OK) return code;
  options.dtype.is_some = true;
  options.shape = (plugin_list_u64_t){(uint64_t *)shape, ndim};
  wit_memmap handle;
  wit_error error;
  if (!filemap_data_array_static_memmap_create_npy(&text, &options, &handle, &error)) {
    return filemap_fail_wit(&error);
  }
  return filemap_new_array(handle, array);
}

/* Frees what `filemap_array_info` returned last. */
static void free_info(filemap_array *array) {
  if (!array->has_info) return;
  array->has_info = false;
  filemap_data_array_memmap_info_free(&array->wit_info);
  free(array->dtype);
  free(array->filename);
  array->dtype = array->filename = NULL;
}

void filemap_array_close(filemap_array *array) {
  if (array == NULL) return;
  free_info(array);
  filemap_data_array_memmap_drop_own(array->handle);
  free(array);
}

filemap_code filemap_array_info(filemap_array *array, const filemap_info **info) {
  *info = NULL;
  free_info(array);
  filemap_data_array_memmap_info_t *wit = &array->wit_info;
  wit_error error;
  if (!filemap_data_array_method_memmap_info(filemap_borrow(array), wit, &error)) {
    return filemap_fail_wit(&error);
  }
  array->has_info = true;
  /* Texts are taken out of the structure, which is freed later. */
  filemap_code code = filemap_take_string(&wit->dtype, &array->dtype);
  wit->dtype = (plugin_string_t){NULL, 0};
  if (code == FILEMAP_OK && wit->filename.is_some) {
    code = filemap_take_string(&wit->filename.val, &array->filename);
    wit->filename.is_some = false;
  }
  if (code == FILEMAP_OK && wit->item_size > SIZE_MAX) code = filemap_no_memory(SIZE_MAX);
  if (code != FILEMAP_OK) {
    free_info(array);
    return code;
  }
  array->info = (filemap_info){
      .dtype = array->dtype,
      .item_size = (size_t)wit->item_size,
      .ndim = wit->shape.len,
      .shape = wit->shape.ptr,
      .strides = wit->strides.ptr,
      .order = wit->order.is_some ? (filemap_order)wit->order.val : FILEMAP_ORDER_NONE,
      .offset = wit->offset,
      .mode = (filemap_mode)wit->mode,
      .writeable = wit->writeable,
      .filename = array->filename,
      .size = wit->size,
      .nbytes = wit->nbytes,
  };
  *info = &array->info;
  return FILEMAP_OK;
}
