/* Errors, and the memory and text that the interface passes. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The codes of the header are those of the interface, one higher. */
#define SAME(name) \
  _Static_assert(FILEMAP_##name == FILEMAP_DATA_ERRORS_ERROR_CODE_##name + 1, "the order of codes")
SAME(NOT_FOUND);
SAME(ACCESS_DENIED);
SAME(BUSY);
SAME(INVALID_ARGUMENT);
SAME(OUT_OF_BOUNDS);
SAME(TRUNCATED);
SAME(NO_SPACE);
SAME(LIMIT_EXCEEDED);
SAME(CLOSED);
SAME(CORRUPT);
SAME(UNSUPPORTED);
SAME(UNAVAILABLE);
SAME(INTERRUPTED);
SAME(OTHER);

static const char *const names[] = {
    "ok",        "not-found", "access-denied",  "busy",   "invalid-argument", "out-of-bounds",
    "truncated", "no-space",  "limit-exceeded", "closed", "corrupt",          "unsupported",
    "unavailable", "interrupted", "other",
};

/* The message of the last failure. A text that is not on the heap is the one of `memory`. */
static char *message;
static char memory[] = "the plugin has no memory left";

static void set_message(char *text) {
  if (message != memory) free(message);
  message = text;
}

const char *filemap_message(void) { return message == NULL ? "" : message; }

const char *filemap_code_name(filemap_code code) {
  size_t number = (size_t)code;
  return number < sizeof names / sizeof *names ? names[number] : "unknown";
}

filemap_code filemap_fail(filemap_code code, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char *text = length < 0 ? NULL : malloc((size_t)length + 1);
  if (text != NULL) vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  set_message(text != NULL ? text : memory);
  return code;
}

filemap_code filemap_fail_wit(wit_error *error) {
  filemap_code code = (filemap_code)(error->code + 1);
  char *text;
  if (filemap_take_string(&error->message, &text) == FILEMAP_OK) set_message(text);
  return code;
}

filemap_code filemap_no_memory(size_t size) {
  return filemap_fail(FILEMAP_LIMIT_EXCEEDED,
                      "the plugin has no memory left for %zu bytes; use a smaller range", size);
}

/* Returns the number of bytes of `text` that begin it as UTF-8. */
static size_t valid_utf8(const unsigned char *text, size_t length) {
  size_t at = 0;
  while (at < length) {
    unsigned char first = text[at];
    /* The length of the sequence, and the limits of its second byte. */
    size_t size = 1;
    unsigned char low = 0x80, high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
      size = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
      size = 3;
      if (first == 0xe0) low = 0xa0;
      if (first == 0xed) high = 0x9f; /* surrogates */
    } else if (first >= 0xf0 && first <= 0xf4) {
      size = 4;
      if (first == 0xf0) low = 0x90;
      if (first == 0xf4) high = 0x8f; /* above U+10FFFF */
    } else if (first >= 0x80) {
      return at;
    }
    if (length - at < size) return at;
    for (size_t i = 1; i < size; i++) {
      if (text[at + i] < low || text[at + i] > high) return at;
      low = 0x80;
      high = 0xbf;
    }
    at += size;
  }
  return at;
}

filemap_code filemap_text(const char *text, const char *what, plugin_string_t *converted) {
  if (text == NULL) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT, "the %s is a null pointer", what);
  }
  size_t length = strlen(text), valid = valid_utf8((const unsigned char *)text, length);
  if (valid != length) {
    return filemap_fail(FILEMAP_INVALID_ARGUMENT,
                        "the %s is not UTF-8: its byte %zu is 0x%02x", what, valid,
                        (unsigned char)text[valid]);
  }
  /* The generated functions do not change the text, although their types allow it. */
  *converted = (plugin_string_t){(uint8_t *)text, length};
  return FILEMAP_OK;
}

filemap_code filemap_check_data(const void *data, size_t size) {
  if (data != NULL || size == 0) return FILEMAP_OK;
  return filemap_fail(FILEMAP_INVALID_ARGUMENT, "the data of %zu bytes is a null pointer", size);
}

filemap_code filemap_take_bytes(plugin_list_u8_t *list, filemap_bytes *bytes) {
  /* An empty list of the interface has no memory. */
  uint8_t *data = list->len == 0 ? malloc(1) : realloc(list->ptr, list->len + 1);
  if (data == NULL) {
    size_t size = list->len;
    if (size != 0) free(list->ptr);
    return filemap_no_memory(size);
  }
  data[list->len] = 0;
  *bytes = (filemap_bytes){data, list->len};
  return FILEMAP_OK;
}

filemap_code filemap_take_string(plugin_string_t *string, char **text) {
  plugin_list_u8_t list = {string->ptr, string->len};
  filemap_bytes bytes;
  filemap_code code = filemap_take_bytes(&list, &bytes);
  *text = code == FILEMAP_OK ? (char *)bytes.data : NULL;
  return code;
}

void filemap_bytes_free(filemap_bytes *bytes) {
  if (bytes == NULL) return;
  free(bytes->data);
  *bytes = (filemap_bytes){NULL, 0};
}
