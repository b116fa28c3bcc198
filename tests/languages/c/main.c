/*
 * Calls every function of `filemap.h` and checks the results, in C and in C++, again and again: the
 * program must not use more memory each time.
 */

#include "check.h"

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
