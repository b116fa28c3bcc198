#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode.h"
#include "picture.h"
#include "report.h"

/* The approximate size of a band in bytes; a longer row is a separate band. No more of the file is
   in memory, however many rows it has. */
static const uint32_t BAND_SIZE = 64 << 10;

void check(filemap_code code, const char *action) {
  if (code == FILEMAP_OK) return;
  fprintf(stderr, "failed to %s: %s\n", action, filemap_message());
  exit(EXIT_FAILURE);
}

struct model model_open(const char *path) {
  struct model model;
  const filemap_info *info;
  check(filemap_array_open_npy(path, FILEMAP_READ_ONLY, &model.array), "open the elevations");
  check(filemap_array_info(model.array, &info), "open the elevations");
  model.dtype = decode_dtype(info->dtype);
  const char *refused = "failed to take `%s` for an elevation model: ";
  if (model.dtype == NULL) {
    fprintf(stderr, refused, path);
    fprintf(stderr,
            "its dtype is `%s`, and elevations are integers of 8 to 32 bits or floats of 32 or 64 "
            "bits\n",
            info->dtype);
    exit(EXIT_FAILURE);
  }
  if (info->ndim != 2) {
    fprintf(stderr, refused, path);
    fprintf(stderr, "it has %zu dimensions, and a model has 2: rows and columns\n", info->ndim);
    exit(EXIT_FAILURE);
  }
  uint64_t rows = info->shape[0], columns = info->shape[1];
  if (rows < 2 || columns < 2 || rows > UINT32_MAX || columns > UINT32_MAX) {
    fprintf(stderr, refused, path);
    fprintf(stderr,
            "its shape is %" PRIu64 " by %" PRIu64 ", and slopes need at least 2 rows and 2 "
            "columns; at most %" PRIu32 " are read\n",
            rows, columns, UINT32_MAX);
    exit(EXIT_FAILURE);
  }
  model.rows = (uint32_t)rows;
  model.columns = (uint32_t)columns;
  model.item_size = info->item_size;
  if (columns > SIZE_MAX / 16) {
    fprintf(stderr, refused, path);
    fprintf(stderr, "a row of %" PRIu64 " cells is larger than the plugin's memory\n", columns);
    exit(EXIT_FAILURE);
  }
  model.row_size = model.columns * model.item_size;
  uint32_t fitting = (uint32_t)(BAND_SIZE / model.row_size);
  model.band_rows = fitting < 1 ? 1 : fitting > model.rows ? model.rows : fitting;
  return model;
}

struct band model_read_band(const struct model *model, uint32_t first) {
  struct band band = {.first = first, .before = first > 0};
  uint32_t rest = model->rows - first;
  band.own = rest < model->band_rows ? rest : model->band_rows;
  band.rows = band.before + band.own + (rest > band.own);
  int64_t start = (int64_t)first - (int64_t)band.before;
  filemap_index rows = filemap_slice(start, start + (int64_t)band.rows, FILEMAP_NONE);
  check(filemap_array_read(model->array, &rows, 1, &band.bytes), "read the elevations");
  return band;
}

void model_convert(const struct model *model, const struct band *band, double *elevations) {
  size_t count = band->rows * model->columns;
  size_t cell = decode(model->dtype, band->bytes.data, model->item_size, count, elevations);
  if (cell == count) return;
  char found[64], limit[64];
  format_number(elevations[cell], found);
  format_number(MAX_ELEVATION, limit);
  fprintf(stderr,
          "failed to use the elevation %s: row %zu, column %zu should have a number from -%s to "
          "%s\n",
          found, band->first - band->before + cell / model->columns, cell % model->columns, limit,
          limit);
  exit(EXIT_FAILURE);
}

uint32_t model_checksum(const struct model *model) {
  uint32_t checksum = 0;
  for (uint32_t row = 0; row < model->rows; row += model->band_rows) {
    struct band band = model_read_band(model, row);
    checksum = crc32(checksum, band.bytes.data + band.before * model->row_size,
                     band.own * model->row_size);
    filemap_bytes_free(&band.bytes);
    if (model->rows - row <= model->band_rows) break;
  }
  return checksum;
}
