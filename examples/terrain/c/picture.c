#include "picture.h"

#include <stdlib.h>
#include <string.h>

/* The largest stored block of zlib. */
static const size_t BLOCK = 65535;

uint32_t crc32(uint32_t checksum, const void *data, size_t size) {
  static uint32_t table[256];
  if (table[1] == 0) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t rest = byte;
      for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (rest & 1 ? 0xedb88320 : 0);
      table[byte] = rest;
    }
  }
  const uint8_t *bytes = data;
  checksum = ~checksum;
  for (size_t i = 0; i < size; i++) checksum = checksum >> 8 ^ table[(checksum ^ bytes[i]) & 0xff];
  return ~checksum;
}

static uint8_t *put_u32(uint8_t *at, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = (uint8_t)(number >> shift);
  return at;
}

/* Writes the length and the name of a chunk. */
static uint8_t *begin_chunk(uint8_t *at, uint32_t length, const char *name) {
  memcpy(put_u32(at, length), name, 4);
  return at + 8;
}

/* Writes the checksum of a chunk, whose data begins at `data`. */
static uint8_t *end_chunk(uint8_t *at, const uint8_t *data) {
  return put_u32(at, crc32(0, data - 4, (size_t)(at - data) + 4));
}

/* Writes the rows as stored blocks of zlib: each row is a filter type of 0 and its pixels. */
static uint8_t *put_rows(uint8_t *at, size_t width, size_t height, const uint8_t *pixels) {
  *at++ = 0x78;
  *at++ = 0x01;
  size_t total = height * (width + 1);
  uint32_t low = 1, high = 0; /* Adler-32 */
  for (size_t i = 0; i < total; i++) {
    if (i % BLOCK == 0) {
      size_t rest = total - i, length = rest < BLOCK ? rest : BLOCK;
      *at++ = rest <= BLOCK;
      *at++ = (uint8_t)length;
      *at++ = (uint8_t)(length >> 8);
      *at++ = (uint8_t)~length;
      *at++ = (uint8_t)(~length >> 8);
    }
    uint8_t byte = i % (width + 1) == 0 ? 0 : *pixels++;
    *at++ = byte;
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return put_u32(at, high << 16 | low);
}

uint8_t *picture_encode(uint32_t width, uint32_t height, const uint8_t *pixels, size_t *size) {
  size_t total = (size_t)height * ((size_t)width + 1);
  size_t data = 2 + total + (total + BLOCK - 1) / BLOCK * 5 + 4;
  *size = 8 + (12 + 13) + (12 + data) + 12;
  uint8_t *file = malloc(*size), *at = file;
  if (file == NULL) return NULL;
  memcpy(at, "\x89PNG\r\n\x1a\n", 8);
  uint8_t *header = begin_chunk(at + 8, 13, "IHDR");
  at = put_u32(put_u32(header, width), height);
  memcpy(at, "\x08\x00\x00\x00\x00", 5); /* 8 bits, greyscale, not interlaced */
  at = end_chunk(at + 5, header);
  uint8_t *rows = begin_chunk(at, (uint32_t)data, "IDAT");
  at = end_chunk(put_rows(rows, width, height, pixels), rows);
  uint8_t *end = begin_chunk(at, 0, "IEND");
  end_chunk(end, end);
  return file;
}
