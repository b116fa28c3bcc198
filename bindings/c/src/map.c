/* Arrays as memory: the pages of the file, or a copy where the provider cannot place pages. */

#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The size of a page of WebAssembly. A mapping starts at a page and consists of whole pages. */
#define PAGE ((size_t)65536)

/* The number of bytes that one call copies: little beside the plugin's memory, and much beside the
   cost of a call. */
#define PIECE ((size_t)1 << 20)

struct filemap_map_state {
  /* A view of the whole array, so that the caller can close the array first. */
  wit_memmap view;
  /* The position of the mapped bytes in the array. */
  uint64_t offset;
  /* The pages of the memory, or a null pointer if there are no bytes. */
  uint8_t *memory;
  /* Whether the bytes of a copy go to the file. */
  bool writes_back;
};

/* The elements of a mapping without bytes. */
static uint64_t nothing[2];

static filemap_data_array_borrow_memmap_t borrow(const filemap_map *map) {
  return filemap_data_array_borrow_memmap(map->state->view);
}

/* Returns the alignment of elements of this size: that of the numbers that they may consist of. */
static uintptr_t alignment(uint64_t item_size) {
  uint64_t power = item_size & (~item_size + 1);
  return power > 16 ? 16 : (uintptr_t)power;
}

/* Removes the pages from the memory. `FILEMAP_TRUNCATED` says that pages were lost: they are
   removed all the same. */
static filemap_code remove_pages(filemap_map *map) {
  wit_error error;
  if (filemap_data_mapping_remove((uintptr_t)map->state->memory, map->size, &error)) {
    map->is_pages = false;
    return FILEMAP_OK;
  }
  filemap_code code = filemap_fail_wit(&error);
  if (code == FILEMAP_TRUNCATED) map->is_pages = false;
  return code;
}

/* Lets the provider place the pages of the file. Returns whether it did so in `map->is_pages`. */
static filemap_code place(filemap_map *map, uintptr_t align) {
  struct filemap_map_state *state = map->state;
  /* The host reads this byte to find the memory. */
  *state->memory = 0;
  plugin_list_u8_t here = {state->memory, 1};
  uint64_t first;
  wit_error error;
  if (!filemap_data_mapping_place(borrow(map), state->offset, map->size,
                                  (uintptr_t)state->memory, &here, false, &first, &error)) {
    if (error.code != FILEMAP_DATA_ERRORS_ERROR_CODE_UNSUPPORTED) return filemap_fail_wit(&error);
    plugin_string_free(&error.message);
    return FILEMAP_OK;
  }
  map->is_pages = true;
  uint64_t skipped = first - (uintptr_t)state->memory;
  if (skipped < PAGE && skipped % align == 0) {
    map->data = state->memory + skipped;
    return FILEMAP_OK;
  }
  /* The elements do not begin at a multiple of their size in the file: copy them. */
  return remove_pages(map);
}

/* Reads the elements into the memory. */
static filemap_code copy_in(filemap_map *map) {
  for (size_t done = 0; done < map->size;) {
    size_t length = map->size - done < PIECE ? map->size - done : PIECE;
    plugin_list_u8_t bytes;
    wit_error error;
    if (!filemap_data_array_method_memmap_read_bytes(borrow(map), map->state->offset + done,
                                                     length, &bytes, &error)) {
      return filemap_fail_wit(&error);
    }
    bool complete = bytes.len == length;
    if (complete) memcpy(map->state->memory + done, bytes.ptr, length);
    plugin_list_u8_free(&bytes);
    if (!complete) {
      return filemap_fail(FILEMAP_OTHER, "the provider returned too few bytes of the array");
    }
    done += length;
  }
  map->data = map->state->memory;
  return FILEMAP_OK;
}

/* Writes the elements of a copy to the file. */
static filemap_code copy_out(const filemap_map *map) {
  for (size_t done = 0; done < map->size;) {
    size_t length = map->size - done < PIECE ? map->size - done : PIECE;
    plugin_list_u8_t bytes = {(uint8_t *)map->data + done, length};
    wit_error error;
    if (!filemap_data_array_method_memmap_write_bytes(borrow(map), map->state->offset + done,
                                                      &bytes, &error)) {
      return filemap_fail_wit(&error);
    }
    done += length;
  }
  return FILEMAP_OK;
}

static bool must_write_back(const filemap_map *map) {
  return !map->is_pages && map->state->writes_back;
}

/* Checks that the range can be mapped, and sets the numbers of the mapping. */
static filemap_code check(const filemap_data_array_memmap_info_t *info, uint64_t start,
                          uint64_t count, filemap_access access, filemap_map *map) {
  if ((unsigned)access > FILEMAP_MAP_WRITE) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT, "%d is not a `filemap_access`", (int)access);
  }
  if (!info->order.is_some || info->order.val != FILEMAP_DATA_ARRAY_ORDER_C) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT,
                        "only elements without gaps and in C order can be mapped, and these %s; "
                        "`filemap_array_read` copies them",
                        info->order.is_some ? "are in Fortran order"
                                            : "have gaps, or are reversed");
  }
  if (access == FILEMAP_MAP_WRITE && !info->writeable) {
    return filemap_fail(FILEMAP_ACCESS_DENIED,
                        "the array was opened for reading only: open it with another mode, or map "
                        "it with `FILEMAP_MAP_READ`");
  }
  if (start > info->size || count > info->size - start) {
    return filemap_fail(FILEMAP_OUT_OF_BOUNDS,
                        "%llu elements from element %llu are not within an array of %llu elements",
                        (unsigned long long)count, (unsigned long long)start,
                        (unsigned long long)info->size);
  }
  /* The product is at most the number of bytes of the array, which is below 2 to the power of 63. */
  uint64_t size = count * info->item_size;
  if (size > SIZE_MAX - 2 * PAGE || count > SIZE_MAX) {
    return filemap_fail(FILEMAP_LIMIT_EXCEEDED,
                        "%llu bytes are more than the memory of a plugin; map a smaller range",
                        (unsigned long long)size);
  }
  map->count = (size_t)count;
  map->size = (size_t)size;
  map->state->offset = start * info->item_size;
  map->state->writes_back =
      access == FILEMAP_MAP_WRITE && info->mode != FILEMAP_DATA_ARRAY_MODE_COPY_ON_WRITE;
  return FILEMAP_OK;
}

/* Frees everything but pages of the file that could not be removed. */
static void clear(filemap_map *map) {
  if (!map->is_pages) free(map->state->memory);
  filemap_data_array_memmap_drop_own(map->state->view);
  free(map->state);
  *map = (filemap_map){NULL, 0, 0, false, NULL};
}

/* Maps a range. `all` stands for the range of the whole array. */
static filemap_code map_elements(const filemap_array *array, uint64_t start, uint64_t count,
                                 bool all, filemap_access access, filemap_map *map) {
  *map = (filemap_map){NULL, 0, 0, false, NULL};
  map->state = calloc(1, sizeof *map->state);
  if (map->state == NULL) return filemap_no_memory(sizeof *map->state);
  filemap_data_array_list_index_t everything = {NULL, 0};
  wit_error error;
  if (!filemap_data_array_method_memmap_view(filemap_borrow(array), &everything,
                                             &map->state->view, &error)) {
    free(map->state);
    map->state = NULL;
    return filemap_fail_wit(&error);
  }
  filemap_data_array_memmap_info_t info;
  filemap_code code;
  uint64_t item_size = 1;
  if (filemap_data_array_method_memmap_info(borrow(map), &info, &error)) {
    item_size = info.item_size;
    code = check(&info, start, all ? info.size : count, access, map);
    filemap_data_array_memmap_info_free(&info);
  } else {
    code = filemap_fail_wit(&error);
  }
  if (code == FILEMAP_OK && map->size == 0) {
    map->data = nothing;
    return FILEMAP_OK;
  }
  if (code == FILEMAP_OK) {
    /* One page more, because the first byte may lie anywhere in the first page. */
    size_t length = (map->size + PAGE - 1) / PAGE * PAGE + PAGE;
    map->state->memory = aligned_alloc(PAGE, length);
    if (map->state->memory == NULL) code = filemap_no_memory(length);
  }
  if (code == FILEMAP_OK) code = place(map, alignment(item_size));
  if (code == FILEMAP_OK && !map->is_pages) code = copy_in(map);
  if (code != FILEMAP_OK) clear(map);
  return code;
}

filemap_code filemap_map_range(const filemap_array *array, uint64_t start, uint64_t count,
                               filemap_access access, filemap_map *map) {
  return map_elements(array, start, count, false, access, map);
}

filemap_code filemap_map_all(const filemap_array *array, filemap_access access, filemap_map *map) {
  return map_elements(array, 0, 0, true, access, map);
}

filemap_code filemap_map_flush(filemap_map *map) {
  if (map->state == NULL) {
    return filemap_fail(FILEMAP_CLOSED, "the mapping was removed");
  }
  filemap_code code = must_write_back(map) ? copy_out(map) : FILEMAP_OK;
  if (code != FILEMAP_OK) return code;
  wit_error error;
  if (!filemap_data_array_method_memmap_flush(borrow(map), &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}

filemap_code filemap_unmap(filemap_map *map) {
  if (map == NULL || map->state == NULL) return FILEMAP_OK;
  filemap_code code = FILEMAP_OK;
  if (map->is_pages) code = remove_pages(map);
  else if (must_write_back(map)) code = copy_out(map);
  clear(map);
  return code;
}
