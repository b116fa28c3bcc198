/* The sums of the rows of a table, as an array beside it, and the largest of them in a store. */

#include <filemap.h>
#include <stdio.h>
#include <stdlib.h>

static void check(filemap_code code) {
  if (code == FILEMAP_OK) return;
  fprintf(stderr, "%s\n", filemap_message());
  exit(EXIT_FAILURE);
}

int main(void) {
  filemap_array *table, *sums;
  filemap_store *results;
  filemap_map elements, sum;
  const filemap_info *info;
  check(filemap_array_open_npy("data/table.npy", FILEMAP_READ_ONLY, &table));
  check(filemap_array_info(table, &info));
  check(filemap_array_create_npy("data/sums.npy", "<f8", 1, info->shape, FILEMAP_ORDER_C, &sums));
  check(filemap_map_all(table, FILEMAP_MAP_READ, &elements));
  check(filemap_map_all(sums, FILEMAP_MAP_WRITE, &sum));
  for (size_t i = 0; i < elements.count; i++) {
    ((double *)sum.data)[i * sum.count / elements.count] += ((double *)elements.data)[i];
  }
  check(filemap_unmap(&sum));
  check(filemap_unmap(&elements));

  double largest;
  char text[32];
  check(filemap_array_reduce_to_double(sums, FILEMAP_MAX, &largest));
  int length = snprintf(text, sizeof text, "%g", largest);
  check(filemap_store_open("data/results", NULL, &results));
  check(filemap_store_set(results, "largest sum", text, (size_t)length));
  printf("largest sum: %s\n", text);
  filemap_store_close(results);
  filemap_array_close(sums);
  filemap_array_close(table);
  return EXIT_SUCCESS;
}
