/* The picture, a PNG file without compression, and the checksum of PNG and zlib. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stddef.h>
#include <stdint.h>

/* Returns the CRC-32 of bytes, like `zlib.crc32`, which continues `checksum` (0 at the start). */
uint32_t crc32(uint32_t checksum, const void *data, size_t size);

/* Returns a greyscale PNG file of 8 bits in `*size` bytes, or a null pointer if there is no memory.
   Free it by `free`. `pixels` has the rows from top to bottom. */
uint8_t *picture_encode(uint32_t width, uint32_t height, const uint8_t *pixels, size_t *size);

#endif
