/* The functions that allocate memory, to which the linker redirects calls. They count blocks. */

#include "check.h"

long blocks;

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
