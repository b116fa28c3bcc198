/* Elements of an array as numbers. It uses no files. */
#ifndef DECODE_H
#define DECODE_H

#include <stddef.h>
#include <stdint.h>

/* The valid elevations in metres are between this and its negative. NaN is not valid, nor is a
   number whose square overflows. */
#define MAX_ELEVATION 1e9

/* Returns the dtype if its elements can be decoded, otherwise a null pointer. They can if a double
   represents every value exactly, except `float16`, which C does not have. */
const char *decode_dtype(const char *dtype);

/* Decodes `count` elements, of `size` bytes each, of a dtype that `decode_dtype` returned. Stops at
   an element that is no valid elevation. Returns the number of elements before it. */
size_t decode(const char *dtype, const uint8_t *bytes, size_t size, size_t count,
              double *elevations);

#endif
