/* Lists of indices as the interface takes them. */
#ifndef FILEMAP_INDEX_H
#define FILEMAP_INDEX_H

#include "internal.h"

/* Converts a list of indices. Lists that it refers to stay the caller's. Free the converted list by
   `free(converted->ptr)`. */
filemap_code filemap_convert_indices(const filemap_index *index, size_t count,
                                     filemap_data_array_list_index_t *converted);

#endif
