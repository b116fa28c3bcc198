#include "decode.h"

#include <stdbool.h>
#include <string.h>

static const char *const DTYPES[] = {"|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4",
                                     ">i4", "<u4", ">u4", "<f4", ">f4", "<f8", ">f8"};

const char *decode_dtype(const char *dtype) {
  for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++) {
    if (strcmp(dtype, DTYPES[i]) == 0) return DTYPES[i];
  }
  return NULL;
}

/* Decodes one element. `type` is a dtype without its byte order, and `native` its bytes. */
static double number(const char *type, const uint8_t *native) {
  union {
    int8_t i1;
    uint8_t u1;
    int16_t i2;
    uint16_t u2;
    int32_t i4;
    uint32_t u4;
    float f4;
    double f8;
  } value;
  memcpy(&value, native, (size_t)(type[1] - '0'));
  switch (type[0] << 8 | type[1]) {
    case 'i' << 8 | '1': return value.i1;
    case 'u' << 8 | '1': return value.u1;
    case 'i' << 8 | '2': return value.i2;
    case 'u' << 8 | '2': return value.u2;
    case 'i' << 8 | '4': return value.i4;
    case 'u' << 8 | '4': return value.u4;
    case 'f' << 8 | '4': return (double)value.f4;
    default: return value.f8;
  }
}

size_t decode(const char *dtype, const uint8_t *bytes, size_t size, size_t count,
              double *elevations) {
  bool reversed = dtype[0] == '>';
  for (size_t i = 0; i < count; i++) {
    uint8_t native[8];
    for (size_t byte = 0; byte < size; byte++) {
      native[byte] = bytes[i * size + (reversed ? size - 1 - byte : byte)];
    }
    elevations[i] = number(dtype + 1, native);
    if (!(elevations[i] >= -MAX_ELEVATION && elevations[i] <= MAX_ELEVATION)) return i;
  }
  return count;
}
