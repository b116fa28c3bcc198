/* Arrays and reductions. */

#include "check.h"

filemap_array *numbers(void) {
  static const uint64_t shape[] = {3, 4};
  filemap_array *array;
  OK(filemap_array_create_npy("work/numbers.npy", "<f8", 2, shape, FILEMAP_ORDER_C, &array));
  double data[12];
  for (int i = 0; i < 12; i++) data[i] = i;
  OK(filemap_array_write(array, NULL, 0, data, sizeof data));
  return array;
}

void check_open(void) {
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

void check_elements(void) {
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

void check_field(void) {
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

void check_reduce(void) {
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

void check_numbers(void) {
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
