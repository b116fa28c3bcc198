/*
 * A plugin that analyses an elevation model and stores the results: the program of `../src` in C.
 *
 * `terrain DEM.npy STORE-DIRECTORY` reads the elevations a band of rows at a time, and stores a
 * picture of the relief (`hillshade.png`), the slopes in degrees (`slope`: raw little-endian
 * `float32` in C order) and the statistics (`stats.json`). A second run over the same elevations
 * finds the results in the store and computes nothing.
 */

#include <errno.h>
#include <filemap.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "picture.h"
#include "report.h"

static const char *const USAGE =
    "usage: terrain [DEM.npy [STORE-DIRECTORY]], by default `dem/jacksboro.npy` and `results`";

/* The keys of the results, in the order in which they are set. */
static const char *const KEYS[] = {"hillshade.png", "slope", "stats.json"};
enum { HILLSHADE, SLOPE, STATISTICS, RESULTS };

/* The maximum length of a value in bytes: the maximum that one call of the interface moves. */
static const uint64_t MAX_VALUE = UINT64_C(128) << 20;

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL) {
    fprintf(stderr, "failed to allocate memory for %zu elements of %zu bytes\n", count, size);
    exit(EXIT_FAILURE);
  }
  return memory;
}

/* Returns the length of the value `slope` in bytes. */
static uint64_t slope_size(const struct model *model) {
  return (uint64_t)model->rows * model->columns * sizeof(float);
}

/* Returns whether the store has all results of this model, and the report then. */
static bool find(const filemap_store *store, struct model *model, struct report *report) {
  filemap_bytes json;
  uint64_t size;
  bool has_picture;
  check(filemap_store_get(store, KEYS[STATISTICS], &json), "read the store");
  if (json.data == NULL) return false;
  check(filemap_store_size_of(store, KEYS[HILLSHADE], &has_picture, NULL), "read the store");
  check(filemap_store_size_of(store, KEYS[SLOPE], NULL, &size), "read the store");
  struct basis basis = {model->dtype, model->rows, model->columns, model_checksum(model)};
  bool found = has_picture && size == slope_size(model) &&
               report_from_json((const char *)json.data, &basis, report);
  filemap_bytes_free(&json);
  return found;
}

/* Computes the results from north to south, and stores them. */
static struct report compute(filemap_store *store, struct model *model, char *path) {
  if (slope_size(model) > MAX_VALUE) {
    fprintf(stderr,
            "failed to store the slopes of %" PRIu32 " by %" PRIu32 " cells: they take %" PRIu64
            " bytes, and one call moves at most %" PRIu64 "; use a smaller model\n",
            model->rows, model->columns, slope_size(model), MAX_VALUE);
    exit(EXIT_FAILURE);
  }
  size_t columns = model->columns, cells = model->rows * columns;
  float *slope = allocate(cells, sizeof *slope);
  uint8_t *hillshade = allocate(cells, 1);
  double *elevations = allocate((model->band_rows + 2) * columns, sizeof *elevations);
  struct basis basis = {model->dtype, model->rows, model->columns, 0};
  struct survey survey;
  survey_start(&survey, columns);
  for (uint32_t row = 0; row < model->rows; row += model->band_rows) {
    struct band band = model_read_band(model, row);
    basis.crc32 = crc32(basis.crc32, band.bytes.data + band.before * model->row_size,
                        band.own * model->row_size);
    model_convert(model, &band, elevations);
    survey_add(&survey, elevations, band.rows, band.before, band.own, row,
               slope + row * columns, hillshade + row * columns);
    filemap_bytes_free(&band.bytes);
  }
  free(elevations);
  struct report report = report_new(path, &basis, &survey);
  size_t png_size;
  uint8_t *png = picture_encode(model->columns, model->rows, hillshade, &png_size);
  char *json = report_to_json(&report);
  if (png == NULL || json == NULL) {
    fprintf(stderr, "failed to encode the results: there is no memory\n");
    exit(EXIT_FAILURE);
  }
  /* A stored report means that the other two values are complete. It is removed first and set last,
     so no later run mistakes the values of an interrupted run for results. */
  const char *action = "store the results";
  check(filemap_store_remove(store, KEYS[STATISTICS], NULL), action);
  check(filemap_store_set(store, KEYS[HILLSHADE], png, png_size), action);
  check(filemap_store_set(store, KEYS[SLOPE], slope, cells * sizeof *slope), action);
  check(filemap_store_set(store, KEYS[STATISTICS], json, strlen(json)), action);
  free(json);
  free(png);
  free(hillshade);
  free(slope);
  return report;
}

static void run(char *path, const char *directory) {
  struct model model = model_open(path);
  filemap_store *store;
  check(filemap_store_open(directory, NULL, &store), "open the store");
  struct report report;
  bool found = find(store, &model, &report);
  char *source = found ? report.source : NULL;
  if (!found) report = compute(store, &model, path);

  const struct basis *basis = &report.basis;
  printf("model    %s: %" PRIu32 " rows of %" PRIu32 " cells, dtype %s, CRC-32 %08" PRIx32 "\n",
         path, basis->rows, basis->columns, basis->dtype, basis->crc32);
  if (found) {
    printf("results  found in the store, computed earlier from `%s`\n\n", source);
  } else {
    printf("results  computed, %" PRIu32 " of the rows at a time\n\n", model.band_rows);
  }
  report_print(&report, stdout);
  char *description;
  check(filemap_store_describe(store, &description), "read the store");
  printf("\nstored in %s, each value in a file `KEY#N`:\n", description);
  free(description);
  for (int key = 0; key < RESULTS; key++) {
    uint64_t size;
    check(filemap_store_size_of(store, KEYS[key], NULL, &size), "read the store");
    printf("  %-14s%8" PRIu64 " bytes\n", KEYS[key], size);
  }
  free(source);
  filemap_store_close(store);
  filemap_array_close(model.array);
  /* The reader of the output may have closed the pipe. */
  if (fflush(stdout) != 0 && errno != EPIPE) {
    fprintf(stderr, "failed to print: %s\n", strerror(errno));
    exit(EXIT_FAILURE);
  }
}

int main(int count, char **arguments) {
  static char default_path[] = "dem/jacksboro.npy";
  if (count > 1 && (strcmp(arguments[1], "-h") == 0 || strcmp(arguments[1], "--help") == 0)) {
    puts(USAGE);
    return EXIT_SUCCESS;
  }
  if (count > 3) {
    fprintf(stderr, "%s\n", USAGE);
    return EXIT_FAILURE;
  }
  run(count > 1 ? arguments[1] : default_path, count > 2 ? arguments[2] : "results");
  return EXIT_SUCCESS;
}
