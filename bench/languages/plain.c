/*
 * The job of the example `terrain` without WebAssembly and without filemap: a native program that
 * maps the model by `mmap`, and replaces each result by a write and a rename. It shares the
 * computation with `examples/terrain/c`.
 *
 * `plain MODEL.npy STORE-FOLDER` leaves the files that `terrain` leaves. The benchmark compares it
 * with the plugin. It reads `.npy` files of version 1.0 in C order.
 */

#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode.h"
#include "picture.h"
#include "report.h"

/* Ends the program unless a system call succeeded. */
static void check(bool success, const char *what) {
  if (success) return;
  perror(what);
  exit(EXIT_FAILURE);
}

/* Ends the program unless a condition holds that the input must meet. */
static void require(bool condition, const char *message) {
  if (condition) return;
  fprintf(stderr, "%s\n", message);
  exit(EXIT_FAILURE);
}

/* Maps a file. */
static const uint8_t *map(const char *path, size_t *size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  check(file >= 0, path);
  struct stat status;
  check(fstat(file, &status) == 0, path);
  *size = (size_t)status.st_size;
  void *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
  check(bytes != MAP_FAILED, path);
  close(file);
  return bytes;
}

/* Reads the header of a `.npy` file. Returns the first element. */
static const uint8_t *read_header(const uint8_t *file, size_t size, struct basis *basis,
                                  size_t *item_size) {
  require(size >= 10 && memcmp(file, "\x93NUMPY\x01\x00", 8) == 0, "not a file .npy 1.0");
  size_t length = (size_t)(file[8] | file[9] << 8);
  char header[65536];
  require(size >= 10 + length, "the header is not complete");
  memcpy(header, file + 10, length);
  header[length] = 0;
  char dtype[16];
  int rows_at = 0;
  const char *descr = strstr(header, "'descr': '"), *shape = strstr(header, "'shape': (");
  require(descr != NULL && sscanf(descr, "'descr': '%15[^']'", dtype) == 1 &&
              (basis->dtype = decode_dtype(dtype)) != NULL,
          "the dtype is not that of elevations");
  require(strstr(header, "'fortran_order': False") != NULL && shape != NULL &&
              sscanf(shape, "'shape': (%" SCNu32 ", %" SCNu32 ")%n", &basis->rows,
                     &basis->columns, &rows_at) == 2 &&
              rows_at > 0 && basis->rows >= 2 && basis->columns >= 2,
          "the array does not have two axes in C order");
  *item_size = (size_t)(dtype[2] - '0');
  require((size - 10 - length) / *item_size / basis->columns >= basis->rows,
          "the file is shorter than its header says");
  return file + 10 + length;
}

/* Replaces a file, so that after a power cut it is the old one or the new one, whole. */
static void replace(const char *name, const void *data, size_t size) {
  int file = open(".temporary", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  check(file >= 0, ".temporary");
  for (size_t done = 0; done < size;) {
    ssize_t written = write(file, (const char *)data + done, size - done);
    check(written >= 0, name);
    done += (size_t)written;
  }
  check(fdatasync(file) == 0 && close(file) == 0 && rename(".temporary", name) == 0, name);
}

int main(int count, char **arguments) {
  require(count == 3, "usage: plain MODEL.npy STORE-FOLDER");
  size_t size, item_size;
  const uint8_t *file = map(arguments[1], &size);
  struct basis basis;
  const uint8_t *bytes = read_header(file, size, &basis, &item_size);
  size_t rows = basis.rows, columns = basis.columns, cells = rows * columns;
  basis.crc32 = crc32(0, bytes, cells * item_size);
  mkdir(arguments[2], 0777);
  check(chdir(arguments[2]) == 0, arguments[2]);

  double *elevations = malloc(cells * sizeof *elevations);
  float *slope = malloc(cells * sizeof *slope);
  uint8_t *hillshade = malloc(cells);
  require(elevations != NULL && slope != NULL && hillshade != NULL, "no memory");
  require(decode(basis.dtype, bytes, item_size, cells, elevations) == cells,
          "an elevation is not valid");
  struct survey survey;
  survey_start(&survey, columns);
  survey_add(&survey, elevations, rows, 0, rows, 0, slope, hillshade);
  struct report report = report_new(arguments[1], &basis, &survey);
  size_t png_size;
  uint8_t *png = picture_encode(basis.columns, basis.rows, hillshade, &png_size);
  char *json = report_to_json(&report);
  require(png != NULL && json != NULL, "no memory");

  unlink("stats.json#2");
  replace("hillshade.png#0", png, png_size);
  replace("slope#1", slope, cells * sizeof *slope);
  replace("stats.json#2", json, strlen(json));
  report_print(&report, stdout);
  return EXIT_SUCCESS;
}
