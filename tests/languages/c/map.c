/* Mappings. */

#include "check.h"

void check_map(bool pages) {
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
void check_large_map(bool pages) {
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
void check_too_large(void) {
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
