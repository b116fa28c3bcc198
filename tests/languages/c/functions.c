/*
 * Calls every function of `filemap.h` and checks the results, in C and in C++.
 *
 * The linker redirects the functions that allocate memory to those below, which count blocks.
 */

#include <filemap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
#include <string>
#endif

/* Allocated blocks */

#ifdef __cplusplus
extern "C" {
#endif
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void __wrap_free(void *block);

static long blocks;

static void *counted(void *block) {
  if (block != NULL) blocks++;
  return block;
}

void *__wrap_malloc(size_t size) { return counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return counted(__real_calloc(count, size)); }
void *__wrap_aligned_alloc(size_t align, size_t size) {
  return counted(__real_aligned_alloc(align, size));
}
void *__wrap_realloc(void *block, size_t size) {
  void *moved = __real_realloc(block, size);
  return block == NULL ? counted(moved) : moved;
}
void __wrap_free(void *block) {
  if (block != NULL) blocks--;
  __real_free(block);
}
#ifdef __cplusplus
}
#endif

/* Checks */

#define CHECK(condition)                                                                      \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      fprintf(stderr, "line %d: %s is false; %s\n", __LINE__, #condition, filemap_message()); \
      exit(EXIT_FAILURE);                                                                     \
    }                                                                                         \
  } while (0)
#define OK(call) CHECK((call) == FILEMAP_OK)

/* Checks that a call fails with this code, and that its message contains this text. */
#define FAILS(code, text, call) \
  do {                          \
    CHECK((call) == (code));    \
    CHECK(strstr(filemap_message(), (text)) != NULL); \
  } while (0)

static void check_codes(void) {
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

static void check_store(void) {
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
static void check_many_keys(void) {
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

/* An array of 3 rows of 4 numbers: 0 to 11. */
static filemap_array *numbers(void) {
  static const uint64_t shape[] = {3, 4};
  filemap_array *array;
  OK(filemap_array_create_npy("work/numbers.npy", "<f8", 2, shape, FILEMAP_ORDER_C, &array));
  double data[12];
  for (int i = 0; i < 12; i++) data[i] = i;
  OK(filemap_array_write(array, NULL, 0, data, sizeof data));
  return array;
}

static void check_open(void) {
  filemap_array *array;
  const filemap_info *info;
  FAILS(FILEMAP_NOT_FOUND, "missing.npy",
        filemap_array_open_npy("work/missing.npy", FILEMAP_READ_ONLY, &array));
  CHECK(array == NULL);
  filemap_array_close(array);
  FAILS(FILEMAP_INVALID_ARGUMENT, "write",
        filemap_array_open_npy("work/numbers.npy", FILEMAP_WRITE, &array));
  FAILS(FILEMAP_INVALID_ARGUMENT, "4 is not a `filemap_mode`",
        filemap_array_open_npy("work/numbers.npy", (filemap_mode)4, &array));
  FAILS(FILEMAP_INVALID_ARGUMENT, "2 is not the `filemap_order`",
        filemap_array_create_npy("work/x.npy", "<f8", 0, NULL, FILEMAP_ORDER_NONE, &array));
  FAILS(FILEMAP_INVALID_ARGUMENT, "the shape of 2 axes is a null pointer",
        filemap_array_create_npy("work/x.npy", "<f8", 2, NULL, FILEMAP_ORDER_C, &array));
  FAILS(FILEMAP_INVALID_ARGUMENT, "nonsense",
        filemap_array_create_npy("work/x.npy", "nonsense", 0, NULL, FILEMAP_ORDER_C, &array));

  uint64_t shape[] = {2, 3};
  filemap_array_options options = {"<i2", FILEMAP_WRITE, 6, 2, shape, FILEMAP_ORDER_F};
  OK(filemap_array_open("work/raw.bin", &options, &array));
  OK(filemap_array_info(array, &info));
  OK(filemap_array_info(array, &info));
  CHECK(strcmp(info->dtype, "<i2") == 0 && info->item_size == 2 && info->ndim == 2);
  CHECK(info->shape[0] == 2 && info->shape[1] == 3);
  CHECK(info->strides[0] == 2 && info->strides[1] == 4 && info->order == FILEMAP_ORDER_F);
  CHECK(info->offset == 6 && info->mode == FILEMAP_WRITE && info->writeable);
  CHECK(info->filename != NULL && strcmp(info->filename, "/work/raw.bin") == 0);
  CHECK(info->size == 6 && info->nbytes == 12);
  filemap_array_close(array);
  OK(filemap_array_open("work/raw.bin", NULL, &array));
  OK(filemap_array_info(array, &info));
  CHECK(strcmp(info->dtype, "|u1") == 0 && info->ndim == 1 && info->shape[0] == 18);
  CHECK(info->mode == FILEMAP_READ_ONLY && !info->writeable);
  FAILS(FILEMAP_ACCESS_DENIED, "", filemap_array_fill(array, "x", 1));
  filemap_array_close(array);
}

static double first_double(const filemap_bytes *bytes) {
  double number;
  memcpy(&number, bytes->data, sizeof number);
  return number;
}

static void check_elements(void) {
  filemap_array *array = numbers(), *view;
  filemap_bytes bytes;
  filemap_index index[3];
  double buffer[4];
  OK(filemap_array_read(array, NULL, 0, &bytes));
  CHECK(bytes.size == 96 && first_double(&bytes) == 0);
  filemap_bytes_free(&bytes);
  index[0] = filemap_at(-1);
  index[1] = filemap_slice(FILEMAP_NONE, FILEMAP_NONE, -2);
  OK(filemap_array_read_into(array, index, 2, buffer, 2 * sizeof *buffer));
  CHECK(buffer[0] == 11 && buffer[1] == 9);
  FAILS(FILEMAP_INVALID_ARGUMENT, "have 16 bytes, and the buffer has 32",
        filemap_array_read_into(array, index, 2, buffer, sizeof buffer));
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer",
        filemap_array_read_into(array, index, 2, NULL, 16));
  index[0] = filemap_ellipsis();
  index[1] = filemap_at(1);
  index[2] = filemap_new_axis();
  OK(filemap_array_read(array, index, 3, &bytes));
  CHECK(bytes.size == 24 && first_double(&bytes) == 1);
  filemap_bytes_free(&bytes);
  static const int64_t rows[] = {2, 0};
  static const bool columns[] = {false, true, false, true};
  index[0] = filemap_take(rows, 2);
  OK(filemap_array_read(array, index, 1, &bytes));
  CHECK(bytes.size == 64 && first_double(&bytes) == 8);
  filemap_bytes_free(&bytes);
  index[0] = filemap_at(1);
  index[1] = filemap_mask(columns, 4);
  OK(filemap_array_read_into(array, index, 2, buffer, 16));
  CHECK(buffer[0] == 5 && buffer[1] == 7);
  index[0] = filemap_at(3);
  FAILS(FILEMAP_OUT_OF_BOUNDS, "3", filemap_array_read(array, index, 1, &bytes));
  CHECK(bytes.data == NULL);
  index[0].kind = (filemap_index_kind)6;
  FAILS(FILEMAP_INVALID_ARGUMENT, "index 0 has the unknown kind 6",
        filemap_array_read(array, index, 1, &bytes));
  index[0] = filemap_take(NULL, 1);
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_array_read(array, index, 1, &bytes));
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_array_read(array, NULL, 1, &bytes));

  index[0] = filemap_at(0);
  static const double row[] = {20, 21, 22, 23};
  OK(filemap_array_write(array, index, 1, row, sizeof row));
  FAILS(FILEMAP_INVALID_ARGUMENT, "", filemap_array_write(array, index, 1, row, 7));
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_array_write(array, index, 1, NULL, 32));
  index[0] = filemap_slice(0, 2, FILEMAP_NONE);
  OK(filemap_array_view(array, index, 1, &view));
  OK(filemap_array_fill(view, row, sizeof *row));
  FAILS(FILEMAP_INVALID_ARGUMENT, "", filemap_array_fill(view, row, 4));
  FAILS(FILEMAP_INVALID_ARGUMENT, "views", filemap_array_resize(array, 4));
  filemap_array *flat;
  static const int64_t one_axis[] = {-1};
  OK(filemap_array_reshape(array, 1, one_axis, &flat));
  filemap_array_close(array);
  /* A view goes on after the array that it was made from. */
  index[0] = filemap_slice(7, 9, FILEMAP_NONE);
  OK(filemap_array_read_into(flat, index, 1, buffer, 16));
  CHECK(buffer[0] == 20 && buffer[1] == 8);
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_array_reshape(flat, 1, NULL, &array));
  filemap_array_close(flat);
  filemap_array_close(view);

  OK(filemap_array_open_npy("work/numbers.npy", FILEMAP_READ_WRITE, &array));
  OK(filemap_array_resize(array, 4));
  OK(filemap_array_flush(array));
  const filemap_info *info;
  OK(filemap_array_info(array, &info));
  CHECK(info->shape[0] == 4 && info->size == 16);
  filemap_array_close(array);
}

static void check_field(void) {
  filemap_array *array, *field;
  static const uint64_t shape[] = {2};
  OK(filemap_array_create_npy("work/records.npy", "[('x', '<f4'), ('y', '<i2')]", 1, shape,
                              FILEMAP_ORDER_C, &array));
  OK(filemap_array_field(array, "y", &field));
  static const int16_t seven = 7;
  OK(filemap_array_fill(field, &seven, sizeof seven));
  double sum;
  OK(filemap_array_reduce_to_double(field, FILEMAP_SUM, &sum));
  CHECK(sum == 14);
  filemap_array_close(field);
  FAILS(FILEMAP_INVALID_ARGUMENT, "z", filemap_array_field(array, "z", &field));
  filemap_array_close(array);
}

static void check_reduce(void) {
  filemap_array *array = numbers();
  filemap_reduction result;
  OK(filemap_array_reduce(array, FILEMAP_SUM, 0, &result));
  double sums[4];
  CHECK(strcmp(result.dtype, "<f8") == 0 && result.ndim == 1 && result.shape[0] == 4);
  CHECK(result.size == sizeof sums);
  memcpy(sums, result.data, sizeof sums);
  CHECK(sums[0] == 12 && sums[1] == 15 && sums[2] == 18 && sums[3] == 21);
  filemap_reduction_free(&result);
  CHECK(result.data == NULL && result.shape == NULL && result.dtype == NULL);
  filemap_reduction_free(NULL);
  OK(filemap_array_reduce(array, FILEMAP_ARGMAX, FILEMAP_ALL_AXES, &result));
  CHECK(strcmp(result.dtype, "<i8") == 0 && result.ndim == 0 && result.size == 8);
  CHECK(*(const int64_t *)result.data == 11);
  filemap_reduction_free(&result);
  FAILS(FILEMAP_OUT_OF_BOUNDS, "2", filemap_array_reduce(array, FILEMAP_SUM, 2, &result));
  CHECK(result.data == NULL);
  FAILS(FILEMAP_INVALID_ARGUMENT, "12 is not a `filemap_operation`",
        filemap_array_reduce(array, (filemap_operation)12, 0, &result));
  static const double expected[] = {66, 0, 0, 11, 5.5, 143.0 / 12, 0, 1, 0, 0, 11, 11};
  for (int operation = FILEMAP_SUM; operation <= FILEMAP_COUNT_NONZERO; operation++) {
    double number;
    OK(filemap_array_reduce_to_double(array, (filemap_operation)operation, &number));
    if (operation == FILEMAP_STD) CHECK(number > 3.452 && number < 3.453);
    else CHECK(number - expected[operation] < 1e-12 && expected[operation] - number < 1e-12);
  }
  filemap_array_close(array);
}

/* Reduces one element of a dtype to a double. */
static filemap_code reduce_one(const char *dtype, const void *element, size_t size,
                               double *number) {
  filemap_array *array;
  OK(filemap_array_create_npy("work/one.npy", dtype, 0, NULL, FILEMAP_ORDER_C, &array));
  OK(filemap_array_fill(array, element, size));
  filemap_code code = filemap_array_reduce_to_double(array, FILEMAP_MAX, number);
  filemap_array_close(array);
  return code;
}

static void check_numbers(void) {
  double number;
  static const int8_t i1 = -7;
  static const uint8_t u1 = 200;
  static const int16_t i2 = -300;
  static const uint16_t u2 = 60000;
  static const int32_t i4 = -70000;
  static const uint32_t u4 = 4000000000;
  static const int64_t exact = -(INT64_C(1) << 53), inexact = (INT64_C(1) << 53) + 1;
  static const float f4 = 1.5f;
  static const double c16[] = {1, 2};
  OK(reduce_one("|i1", &i1, 1, &number));
  CHECK(number == -7);
  OK(reduce_one("|u1", &u1, 1, &number));
  CHECK(number == 200);
  OK(reduce_one("<i2", &i2, 2, &number));
  CHECK(number == -300);
  OK(reduce_one("<u2", &u2, 2, &number));
  CHECK(number == 60000);
  OK(reduce_one("<i4", &i4, 4, &number));
  CHECK(number == -70000);
  OK(reduce_one("<u4", &u4, 4, &number));
  CHECK(number == 4e9);
  OK(reduce_one("<f4", &f4, 4, &number));
  CHECK(number == 1.5);
  OK(reduce_one("<i8", &exact, 8, &number));
  CHECK(number == -9007199254740992.0);
  FAILS(FILEMAP_UNSUPPORTED, "`<i8`", reduce_one("<i8", &inexact, 8, &number));
  FAILS(FILEMAP_UNSUPPORTED, "`<u8`", reduce_one("<u8", &inexact, 8, &number));
  FAILS(FILEMAP_UNSUPPORTED, "`<c16`", reduce_one("<c16", c16, 16, &number));
  CHECK(number == 0);
}

static void check_map(bool pages) {
  filemap_array *array = numbers(), *view;
  filemap_map map;
  OK(filemap_map_all(array, FILEMAP_MAP_WRITE, &map));
  CHECK(map.count == 12 && map.size == 96 && map.is_pages == pages);
  double *data = (double *)map.data;
  CHECK(data[0] == 0 && data[11] == 11);
  data[3] = 33;
  OK(filemap_map_flush(&map));
  double buffer[12];
  OK(filemap_array_read_into(array, NULL, 0, buffer, sizeof buffer));
  CHECK(buffer[3] == 33);
  data[4] = 44;
  /* A mapping goes on after its array. */
  filemap_array_close(array);
  data[5] = 55;
  OK(filemap_unmap(&map));
  CHECK(map.data == NULL && map.count == 0);
  OK(filemap_unmap(&map));
  OK(filemap_unmap(NULL));
  FAILS(FILEMAP_CLOSED, "removed", filemap_map_flush(&map));

  OK(filemap_array_open_npy("work/numbers.npy", FILEMAP_READ_ONLY, &array));
  OK(filemap_map_range(array, 2, 4, FILEMAP_MAP_READ, &map));
  data = (double *)map.data;
  CHECK(map.count == 4 && data[0] == 2 && data[1] == 33 && data[2] == 44 && data[3] == 55);
  OK(filemap_map_flush(&map));
  OK(filemap_unmap(&map));
  FAILS(FILEMAP_ACCESS_DENIED, "reading only", filemap_map_all(array, FILEMAP_MAP_WRITE, &map));
  CHECK(map.data == NULL);
  FAILS(FILEMAP_INVALID_ARGUMENT, "2 is not a `filemap_access`",
        filemap_map_all(array, (filemap_access)2, &map));
  FAILS(FILEMAP_OUT_OF_BOUNDS, "6 elements from element 7",
        filemap_map_range(array, 7, 6, FILEMAP_MAP_READ, &map));
  FAILS(FILEMAP_OUT_OF_BOUNDS, "from element 13",
        filemap_map_range(array, 13, 0, FILEMAP_MAP_READ, &map));
  FAILS(FILEMAP_OUT_OF_BOUNDS, "18446744073709551615 elements",
        filemap_map_range(array, 1, UINT64_MAX, FILEMAP_MAP_READ, &map));
  OK(filemap_map_range(array, 12, 0, FILEMAP_MAP_READ, &map));
  CHECK(map.data != NULL && map.count == 0 && map.size == 0);
  OK(filemap_map_flush(&map));
  OK(filemap_unmap(&map));
  filemap_index column[2] = {filemap_ellipsis(), filemap_at(0)};
  OK(filemap_array_view(array, column, 2, &view));
  FAILS(FILEMAP_INVALID_ARGUMENT, "have gaps", filemap_map_all(view, FILEMAP_MAP_READ, &map));
  filemap_array_close(view);
  filemap_array_close(array);

  static const uint64_t shape[] = {2, 3};
  OK(filemap_array_create_npy("work/f.npy", "<f8", 2, shape, FILEMAP_ORDER_F, &array));
  FAILS(FILEMAP_INVALID_ARGUMENT, "Fortran order", filemap_map_all(array, FILEMAP_MAP_READ, &map));
  filemap_array_close(array);

  /* A copy-on-write mapping does not change the file. */
  OK(filemap_array_open_npy("work/numbers.npy", FILEMAP_COPY_ON_WRITE, &array));
  OK(filemap_map_all(array, FILEMAP_MAP_WRITE, &map));
  ((double *)map.data)[0] = 99;
  OK(filemap_map_flush(&map));
  OK(filemap_unmap(&map));
  filemap_array_close(array);
  OK(filemap_array_open_npy("work/numbers.npy", FILEMAP_READ_ONLY, &array));
  OK(filemap_array_read_into(array, NULL, 0, buffer, sizeof buffer));
  CHECK(buffer[0] == 0 && buffer[5] == 55);
  filemap_array_close(array);

  /* Elements at an odd offset are copied, so that they are aligned. */
  uint64_t four[] = {4};
  filemap_array_options options = {"<f8", FILEMAP_WRITE, 3, 1, four, FILEMAP_ORDER_C};
  OK(filemap_array_open("work/odd.bin", &options, &array));
  OK(filemap_map_all(array, FILEMAP_MAP_WRITE, &map));
  CHECK(!map.is_pages && (uintptr_t)map.data % sizeof(double) == 0);
  ((double *)map.data)[1] = 1.25;
  OK(filemap_unmap(&map));
  double sum;
  OK(filemap_array_reduce_to_double(array, FILEMAP_SUM, &sum));
  CHECK(sum == 1.25);
  filemap_array_close(array);
}

/* A mapping of more than one page, and of more than one piece of a copy. */
static void check_large_map(bool pages) {
  uint64_t shape[] = {300001};
  filemap_array_options options = {"<u4", FILEMAP_WRITE, 128, 1, shape, FILEMAP_ORDER_C};
  filemap_array *array;
  filemap_map map;
  OK(filemap_array_open("work/large.bin", &options, &array));
  OK(filemap_map_range(array, 1, 300000, FILEMAP_MAP_WRITE, &map));
  CHECK(map.is_pages == pages);
  uint32_t *data = (uint32_t *)map.data;
  for (uint32_t i = 0; i < 300000; i++) data[i] = i;
  OK(filemap_unmap(&map));
  OK(filemap_map_all(array, FILEMAP_MAP_READ, &map));
  data = (uint32_t *)map.data;
  CHECK(data[0] == 0);
  for (uint32_t i = 0; i < 300000; i++) CHECK(data[i + 1] == i);
  OK(filemap_unmap(&map));
  filemap_array_close(array);
}

/* A range that is larger than the memory of any plugin. The test has made this file of 8 GiB. */
static void check_too_large(void) {
  filemap_array *array;
  filemap_map map;
  OK(filemap_array_open("work/sparse.bin", NULL, &array));
  FAILS(FILEMAP_LIMIT_EXCEEDED, "8589934592 bytes",
        filemap_map_all(array, FILEMAP_MAP_READ, &map));
  FAILS(FILEMAP_LIMIT_EXCEEDED, "4294836224 bytes",
        filemap_map_range(array, 1, UINT32_MAX - 131071, FILEMAP_MAP_READ, &map));
  CHECK(map.data == NULL && map.state == NULL);
  OK(filemap_map_range(array, (UINT64_C(1) << 33) - 3, 3, FILEMAP_MAP_READ, &map));
  CHECK(map.size == 3 && *(const uint8_t *)map.data == 0);
  OK(filemap_unmap(&map));
  filemap_array_close(array);
}

static void check_all(bool pages) {
  check_codes();
  check_store();
  check_open();
  check_elements();
  check_field();
  check_reduce();
  check_numbers();
  check_map(pages);
}

/* Returns the number of blocks, after the last message was replaced by a short one. */
static long blocks_now(void) {
  filemap_store *store;
  FAILS(FILEMAP_INVALID_ARGUMENT, "null pointer", filemap_store_open(NULL, NULL, &store));
  return blocks;
}

int main(int count, char **arguments) {
  bool pages = count > 1 && strcmp(arguments[1], "pages") == 0;
  CHECK(strcmp(filemap_message(), "") == 0);
  printf("pages: %s\n", pages ? "yes" : "no");
  check_large_map(pages);
  check_many_keys();
  check_too_large();
  check_all(pages);
  long before = blocks_now();
  size_t memory = __builtin_wasm_memory_size(0);
  for (int i = 0; i < 40; i++) {
    check_all(pages);
    CHECK(blocks_now() == before);
  }
  CHECK(__builtin_wasm_memory_size(0) == memory);
  printf("all is well\n");
  return EXIT_SUCCESS;
}
