/* Lists of indices as the interface takes them. */

#include "index.h"

#include <stdlib.h>

/* Converts a bound of a slice. */
static plugin_option_s64_t bound(int64_t number) {
  return (plugin_option_s64_t){number != FILEMAP_NONE, number};
}

static filemap_code convert(const filemap_index *index, size_t position,
                            filemap_data_array_index_t *converted) {
  switch (index->kind) {
    case FILEMAP_INDEX_AT:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_AT;
      converted->val.at = index->start;
      return FILEMAP_OK;
    case FILEMAP_INDEX_SLICE:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_SLICE;
      converted->val.slice.start = bound(index->start);
      converted->val.slice.stop = bound(index->stop);
      converted->val.slice.step = bound(index->step);
      return FILEMAP_OK;
    case FILEMAP_INDEX_ELLIPSIS:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_ELLIPSIS;
      return FILEMAP_OK;
    case FILEMAP_INDEX_NEW_AXIS:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_NEW_AXIS;
      return FILEMAP_OK;
    case FILEMAP_INDEX_TAKE:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_TAKE;
      converted->val.take.indices =
          (plugin_list_s64_t){(int64_t *)index->indices, index->count};
      converted->val.take.shape.is_some = false;
      return filemap_check_data(index->indices, index->count);
    case FILEMAP_INDEX_MASK:
      converted->tag = FILEMAP_DATA_ARRAY_INDEX_MASK;
      converted->val.mask.values = (plugin_list_bool_t){(bool *)index->values, index->count};
      converted->val.mask.shape.is_some = false;
      return filemap_check_data(index->values, index->count);
  }
  return filemap_fail(FILEMAP_INVALID_ARGUMENT, "index %zu has the unknown kind %d", position,
                      (int)index->kind);
}

filemap_code filemap_convert_indices(const filemap_index *index, size_t count,
                                     filemap_data_array_list_index_t *converted) {
  *converted = (filemap_data_array_list_index_t){NULL, 0};
  if (count == 0) return FILEMAP_OK;
  filemap_code code = filemap_check_data(index, count);
  if (code != FILEMAP_OK) return code;
  converted->ptr = calloc(count, sizeof *converted->ptr);
  if (converted->ptr == NULL) return filemap_no_memory(count);
  converted->len = count;
  for (size_t i = 0; i < count && code == FILEMAP_OK; i++) {
    code = convert(&index[i], i, &converted->ptr[i]);
  }
  if (code != FILEMAP_OK) {
    free(converted->ptr);
    converted->ptr = NULL;
  }
  return code;
}
