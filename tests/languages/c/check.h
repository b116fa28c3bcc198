/* What the parts of the program share that calls every function of `filemap.h`. */
#ifndef CHECK_H
#define CHECK_H

#include <filemap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The number of allocated blocks of memory. */
extern long blocks;

/* Checks of stores. */
void check_codes(void);
void check_store(void);
void check_many_keys(void);

/* Checks of arrays. */
void check_open(void);
void check_elements(void);
void check_field(void);
void check_reduce(void);
void check_numbers(void);

/* Returns an array of 3 rows of 4 numbers: 0 to 11. */
filemap_array *numbers(void);

/* Checks of mappings. `pages` says whether the host allows pages in the memory of the plugin. */
void check_map(bool pages);
void check_large_map(bool pages);
void check_too_large(void);

#endif
