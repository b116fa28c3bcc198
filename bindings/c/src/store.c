/* Stores. */

#include <stdlib.h>

#include "internal.h"

/* The number of keys that one call of the interface fetches. */
enum { KEYS_AT_ONCE = 1000 };

struct filemap_keys {
  filemap_data_store_own_key_stream_t stream;
  /* The keys of the last call, and how many of them were returned. */
  plugin_list_string_t batch;
  size_t next;
  char *key;
};

static filemap_data_store_borrow_store_t borrow(const filemap_store *store) {
  return filemap_data_store_borrow_store(store->handle);
}

filemap_code filemap_store_open(const char *path, const filemap_store_options *options,
                                filemap_store **store) {
  *store = NULL;
  plugin_string_t text;
  filemap_code code = filemap_text(path, "path", &text);
  if (code != FILEMAP_OK) return code;
  filemap_data_store_store_options_t converted = {
      true, false, FILEMAP_DATA_STORE_DURABILITY_DATA};
  if (options != NULL) {
    if ((unsigned)options->durability > FILEMAP_DURABILITY_FULL) {
      return filemap_fail(FILEMAP_INVALID_ARGUMENT, "%d is not a `filemap_durability`",
                          (int)options->durability);
    }
    converted.create = !options->must_exist;
    converted.read_only = options->read_only;
    converted.durability = (filemap_data_store_durability_t)options->durability;
  }
  filemap_store *opened = malloc(sizeof *opened);
  if (opened == NULL) return filemap_no_memory(sizeof *opened);
  wit_error error;
  if (!filemap_data_store_static_store_open(&text, &converted, &opened->handle, &error)) {
    free(opened);
    return filemap_fail_wit(&error);
  }
  *store = opened;
  return FILEMAP_OK;
}

void filemap_store_close(filemap_store *store) {
  if (store == NULL) return;
  filemap_data_store_store_drop_own(store->handle);
  free(store);
}

filemap_code filemap_store_get(const filemap_store *store, const char *key, filemap_bytes *value) {
  *value = (filemap_bytes){NULL, 0};
  plugin_string_t text;
  filemap_code code = filemap_text(key, "key", &text);
  if (code != FILEMAP_OK) return code;
  plugin_option_list_u8_t found;
  wit_error error;
  if (!filemap_data_store_method_store_get(borrow(store), &text, &found, &error)) {
    return filemap_fail_wit(&error);
  }
  return found.is_some ? filemap_take_bytes(&found.val, value) : FILEMAP_OK;
}

filemap_code filemap_store_get_range(const filemap_store *store, const char *key, uint64_t offset,
                                     uint64_t length, filemap_bytes *value) {
  *value = (filemap_bytes){NULL, 0};
  plugin_string_t text;
  filemap_code code = filemap_text(key, "key", &text);
  if (code != FILEMAP_OK) return code;
  plugin_option_list_u8_t found;
  wit_error error;
  if (!filemap_data_store_method_store_get_range(borrow(store), &text, offset, length, &found,
                                                 &error)) {
    return filemap_fail_wit(&error);
  }
  return found.is_some ? filemap_take_bytes(&found.val, value) : FILEMAP_OK;
}

filemap_code filemap_store_size_of(const filemap_store *store, const char *key, bool *exists,
                                   uint64_t *size) {
  if (exists != NULL) *exists = false;
  if (size != NULL) *size = 0;
  plugin_string_t text;
  filemap_code code = filemap_text(key, "key", &text);
  if (code != FILEMAP_OK) return code;
  plugin_option_u64_t found;
  wit_error error;
  if (!filemap_data_store_method_store_size_of(borrow(store), &text, &found, &error)) {
    return filemap_fail_wit(&error);
  }
  if (exists != NULL) *exists = found.is_some;
  if (size != NULL && found.is_some) *size = found.val;
  return FILEMAP_OK;
}

filemap_code filemap_store_set(filemap_store *store, const char *key, const void *value,
                               size_t size) {
  plugin_string_t text;
  filemap_code code = filemap_text(key, "key", &text);
  if (code == FILEMAP_OK) code = filemap_check_data(value, size);
  if (code != FILEMAP_OK) return code;
  /* The generated function does not change the value, although its type allows it. */
  plugin_list_u8_t list = {(uint8_t *)value, size};
  wit_error error;
  if (!filemap_data_store_method_store_set(borrow(store), &text, &list, &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}

filemap_code filemap_store_remove(filemap_store *store, const char *key, bool *existed) {
  if (existed != NULL) *existed = false;
  plugin_string_t text;
  filemap_code code = filemap_text(key, "key", &text);
  if (code != FILEMAP_OK) return code;
  bool removed;
  wit_error error;
  if (!filemap_data_store_method_store_remove(borrow(store), &text, &removed, &error)) {
    return filemap_fail_wit(&error);
  }
  if (existed != NULL) *existed = removed;
  return FILEMAP_OK;
}

filemap_code filemap_store_count(const filemap_store *store, uint64_t *count) {
  *count = 0;
  wit_error error;
  if (!filemap_data_store_method_store_len(borrow(store), count, &error)) {
    return filemap_fail_wit(&error);
  }
  return FILEMAP_OK;
}

filemap_code filemap_store_describe(const filemap_store *store, char **text) {
  plugin_string_t line;
  filemap_data_store_method_store_describe(borrow(store), &line);
  return filemap_take_string(&line, text);
}

filemap_code filemap_store_keys(const filemap_store *store, filemap_keys **keys) {
  *keys = NULL;
  filemap_keys *list = calloc(1, sizeof *list);
  if (list == NULL) return filemap_no_memory(sizeof *list);
  wit_error error;
  if (!filemap_data_store_method_store_keys(borrow(store), &list->stream, &error)) {
    free(list);
    return filemap_fail_wit(&error);
  }
  *keys = list;
  return FILEMAP_OK;
}

filemap_code filemap_keys_next(filemap_keys *keys, const char **key, size_t *length) {
  *key = NULL;
  if (length != NULL) *length = 0;
  free(keys->key);
  keys->key = NULL;
  if (keys->next == keys->batch.len) {
    plugin_list_string_free(&keys->batch);
    keys->batch = (plugin_list_string_t){NULL, 0};
    keys->next = 0;
    wit_error error;
    if (!filemap_data_store_method_key_stream_next(
            filemap_data_store_borrow_key_stream(keys->stream), KEYS_AT_ONCE, &keys->batch,
            &error)) {
      keys->batch = (plugin_list_string_t){NULL, 0};
      return filemap_fail_wit(&error);
    }
    if (keys->batch.len == 0) return FILEMAP_OK;
  }
  plugin_string_t *next = &keys->batch.ptr[keys->next++];
  size_t next_length = next->len;
  filemap_code code = filemap_take_string(next, &keys->key);
  /* The text was taken out of the list, which is freed later. */
  *next = (plugin_string_t){NULL, 0};
  if (code != FILEMAP_OK) return code;
  *key = keys->key;
  if (length != NULL) *length = next_length;
  return FILEMAP_OK;
}

void filemap_keys_free(filemap_keys *keys) {
  if (keys == NULL) return;
  free(keys->key);
  plugin_list_string_free(&keys->batch);
  filemap_data_store_key_stream_drop_own(keys->stream);
  free(keys);
}
