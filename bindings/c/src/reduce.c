/* Reductions of arrays. */

#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SAME(name)                                                                   \
  _Static_assert((int)FILEMAP_##name == (int)FILEMAP_DATA_ARRAY_OPERATION_##name,    \
                 "the order of operations")
SAME(SUM);
SAME(PROD);
SAME(MIN);
SAME(MAX);
SAME(MEAN);
SAME(VAR);
SAME(STD);
SAME(ANY);
SAME(ALL);
SAME(ARGMIN);
SAME(ARGMAX);
SAME(COUNT_NONZERO);

filemap_code filemap_array_reduce(const filemap_array *array, filemap_operation operation,
                                  int64_t axis, filemap_reduction *result) {
  *result = (filemap_reduction){NULL, 0, NULL, NULL, 0};
  if ((unsigned)operation > FILEMAP_COUNT_NONZERO) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT, "%d is not a `filemap_operation`",
                        (int)operation);
  }
  filemap_data_array_reduction_t reduction;
  wit_error error;
  if (!filemap_data_array_method_memmap_reduce(
          filemap_borrow(array), (filemap_data_array_operation_t)operation,
          axis == FILEMAP_ALL_AXES ? NULL : &axis, &reduction, &error)) {
    return filemap_fail_wit(&error);
  }
  filemap_bytes data;
  filemap_code code = filemap_take_bytes(&reduction.data, &data);
  if (code == FILEMAP_OK) {
    result->data = data.data;
    result->size = data.size;
    code = filemap_take_string(&reduction.dtype, &result->dtype);
  } else {
    plugin_string_free(&reduction.dtype);
  }
  /* An empty list has no memory, and must not be freed. */
  result->ndim = reduction.shape.len;
  result->shape = reduction.shape.len == 0 ? NULL : reduction.shape.ptr;
  if (code != FILEMAP_OK) filemap_reduction_free(result);
  return code;
}

void filemap_reduction_free(filemap_reduction *result) {
  if (result == NULL) return;
  free(result->dtype);
  free(result->shape);
  free(result->data);
  *result = (filemap_reduction){NULL, 0, NULL, NULL, 0};
}

/* Converts the number at `data`. Returns whether its type is known and a double is exactly it. */
static bool to_double(const char *dtype, const void *data, double *number) {
  const int64_t exact = INT64_C(1) << 53;
  union {
    uint8_t u1;
    int8_t i1;
    uint16_t u2;
    int16_t i2;
    uint32_t u4;
    int32_t i4;
    uint64_t u8;
    int64_t i8;
    float f4;
    double f8;
  } value;
  if (strlen(dtype) != 3 || dtype[2] < '1' || dtype[2] > '8') return false;
  memcpy(&value, data, (size_t)(dtype[2] - '0'));
  const char *type = dtype + 1;
  if (strcmp(type, "b1") == 0 || strcmp(type, "u1") == 0) *number = value.u1;
  else if (strcmp(type, "i1") == 0) *number = value.i1;
  else if (strcmp(type, "u2") == 0) *number = value.u2;
  else if (strcmp(type, "i2") == 0) *number = value.i2;
  else if (strcmp(type, "u4") == 0) *number = value.u4;
  else if (strcmp(type, "i4") == 0) *number = value.i4;
  else if (strcmp(type, "f4") == 0) *number = (double)value.f4;
  else if (strcmp(type, "f8") == 0) *number = value.f8;
  else if (strcmp(type, "u8") == 0) {
    *number = (double)value.u8;
    return value.u8 <= (uint64_t)exact;
  } else if (strcmp(type, "i8") == 0) {
    *number = (double)value.i8;
    return value.i8 >= -exact && value.i8 <= exact;
  } else {
    return false;
  }
  return true;
}

filemap_code filemap_array_reduce_to_double(const filemap_array *array,
                                            filemap_operation operation, double *result) {
  *result = 0;
  filemap_reduction reduction;
  filemap_code code = filemap_array_reduce(array, operation, FILEMAP_ALL_AXES, &reduction);
  if (code != FILEMAP_OK) return code;
  if (!to_double(reduction.dtype, reduction.data, result)) {
    *result = 0;
    code = filemap_fail(FILEMAP_UNSUPPORTED,
                        "a double cannot have the result, which is of the dtype `%s`; use "
                        "`filemap_array_reduce`",
                        reduction.dtype);
  }
  filemap_reduction_free(&reduction);
  return code;
}
