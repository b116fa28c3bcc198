/* Codes, text and stores. */

#include "check.h"

#ifdef __cplusplus
#include <string>
#endif

void check_codes(void) {
  CHECK(strcmp(filemap_code_name(FILEMAP_OK), "ok") == 0);
  CHECK(strcmp(filemap_code_name(FILEMAP_NOT_FOUND), "not-found") == 0);
  CHECK(strcmp(filemap_code_name(FILEMAP_CORRUPT), "corrupt") == 0);
  CHECK(strcmp(filemap_code_name(FILEMAP_OTHER), "other") == 0);
  CHECK(strcmp(filemap_code_name((filemap_code)15), "unknown") == 0);
  CHECK(strcmp(filemap_code_name((filemap_code)-1), "unknown") == 0);
}

static void check_text(filemap_store *store) {
  static const char *const valid[] = {"", "a/b", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8c\x8d",
                                      "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
  static const char *const invalid[] = {"\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80", "\xf8", "ok\xff", "\xe2\x82", "\xc3("};
  bool exists;
  for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
    OK(filemap_store_size_of(store, valid[i], &exists, NULL));
    CHECK(!exists);
  }
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
    FAILS(FILEMAP_INVALID_ARGUMENT, "the key is not UTF-8",
          filemap_store_size_of(store, invalid[i], &exists, NULL));
  }
  FAILS(FILEMAP_INVALID_ARGUMENT, "its byte 2 is 0xff",
        filemap_store_set(store, "ok\xff", "value", 5));
  FAILS(FILEMAP_INVALID_ARGUMENT, "the key is a null pointer",
        filemap_store_set(store, NULL, "value", 5));
}

void check_store(void) {
  filemap_store *store;
  filemap_store_options options = {true, false, FILEMAP_DURABILITY_NONE};
  FAILS(FILEMAP_NOT_FOUND, "work/missing", filemap_store_open("work/missing", &options, &store));
  CHECK(store == NULL);
  filemap_store_close(store);
  options.durability = (filemap_durability)3;
  FAILS(FILEMAP_INVALID_ARGUMENT, "3 is not a `filemap_durability`",
        filemap_store_open("work/store", &options, &store));
  FAILS(FILEMAP_ACCESS_DENIED, "elsewhere", filemap_store_open("elsewhere", NULL, &store));
  OK(filemap_store_open("work/store", NULL, &store));
  check_text(store);

  filemap_bytes value;
  bool flag;
  uint64_t number;
  OK(filemap_store_get(store, "greeting", &value));
  CHECK(value.data == NULL && value.size == 0);
  filemap_bytes_free(&value);
  OK(filemap_store_set(store, "greeting", "hello", 5));
  OK(filemap_store_get(store, "greeting", &value));
  CHECK(value.size == 5 && strcmp((const char *)value.data, "hello") == 0);
#ifdef __cplusplus
  CHECK(std::string(value.data, value.data + value.size) == "hello");
#endif
  filemap_bytes_free(&value);
  CHECK(value.data == NULL && value.size == 0);
  OK(filemap_store_get_range(store, "greeting", 1, UINT64_MAX, &value));
  CHECK(value.size == 4 && strcmp((const char *)value.data, "ello") == 0);
  filemap_bytes_free(&value);
  OK(filemap_store_get_range(store, "missing", 0, 1, &value));
  CHECK(value.data == NULL);
  OK(filemap_store_set(store, "empty", NULL, 0));
  OK(filemap_store_get(store, "empty", &value));
  CHECK(value.data != NULL && value.size == 0 && value.data[0] == 0);
  filemap_bytes_free(&value);
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_store_set(store, "empty", NULL, 1));
  OK(filemap_store_size_of(store, "greeting", &flag, &number));
  CHECK(flag && number == 5);
  OK(filemap_store_size_of(store, "missing", &flag, &number));
  CHECK(!flag && number == 0);
  OK(filemap_store_count(store, &number));
  CHECK(number == 2);

  char *line;
  OK(filemap_store_describe(store, &line));
  CHECK(strstr(line, "<File: work/store, 2 elements") == line);
  free(line);

  filemap_keys *keys;
  const char *key;
  size_t length;
  OK(filemap_store_keys(store, &keys));
  OK(filemap_keys_next(keys, &key, &length));
  CHECK(strcmp(key, "empty") == 0 && length == 5);
  OK(filemap_keys_next(keys, &key, NULL));
  CHECK(strcmp(key, "greeting") == 0);
  OK(filemap_keys_next(keys, &key, &length));
  CHECK(key == NULL && length == 0);
  filemap_keys_free(keys);
  /* A listing that ends early. */
  OK(filemap_store_keys(store, &keys));
  OK(filemap_keys_next(keys, &key, NULL));
  filemap_keys_free(keys);
  filemap_keys_free(NULL);

  OK(filemap_store_remove(store, "empty", &flag));
  CHECK(flag);
  OK(filemap_store_remove(store, "empty", &flag));
  CHECK(!flag);
  OK(filemap_store_remove(store, "empty", NULL));

  filemap_store *reader;
  options.durability = FILEMAP_DURABILITY_DATA;
  options.read_only = true;
  OK(filemap_store_open("work/store", &options, &reader));
  FAILS(FILEMAP_ACCESS_DENIED, "read", filemap_store_set(reader, "greeting", "x", 1));
  filemap_store_close(reader);
  OK(filemap_store_remove(store, "greeting", NULL));
  filemap_store_close(store);
  filemap_bytes_free(NULL);
}

/* More keys than one call of the interface fetches. */
void check_many_keys(void) {
  filemap_store *store;
  filemap_store_options options = {false, false, FILEMAP_DURABILITY_NONE};
  OK(filemap_store_open("work/many", &options, &store));
  char name[8];
  for (int i = 0; i < 2100; i++) {
    snprintf(name, sizeof name, "%04d", i);
    OK(filemap_store_set(store, name, "", 0));
  }
  filemap_keys *keys;
  const char *key;
  OK(filemap_store_keys(store, &keys));
  for (int i = 0; i < 2100; i++) {
    snprintf(name, sizeof name, "%04d", i);
    OK(filemap_keys_next(keys, &key, NULL));
    CHECK(key != NULL && strcmp(key, name) == 0);
    OK(filemap_store_remove(store, name, NULL));
  }
  OK(filemap_keys_next(keys, &key, NULL));
  CHECK(key == NULL);
  filemap_keys_free(keys);
  filemap_store_close(store);
}
