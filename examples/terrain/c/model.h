/* The elevation model: a two-dimensional array in a `.npy` file, read a band of rows at a time. A
   function that fails prints why and ends the program. */
#ifndef MODEL_H
#define MODEL_H

#include <filemap.h>

/* An elevation model that is open for reading. */
struct model {
  filemap_array *array;
  const char *dtype;
  uint32_t rows, columns;
  size_t item_size, row_size; /* in bytes */
  uint32_t band_rows;         /* the number of rows in a band; the last may have fewer */
};

/* Some rows of a model, and the rows beside them. */
struct band {
  filemap_bytes bytes; /* of all rows; free it by `filemap_bytes_free` */
  size_t rows;         /* the number of all rows */
  size_t before;       /* 1 if there is a row before the band's own, otherwise 0 */
  size_t own;          /* the number of the band's own rows */
  uint32_t first;      /* the number of the band's first row in the model */
};

/* Unless a call succeeded, prints what failed and why, and ends the program. The system frees
   everything. */
void check(filemap_code code, const char *action);

/* Opens the array at `path`, and checks that it is an elevation model. */
struct model model_open(const char *path);

/* Reads the band that begins with this row. */
struct band model_read_band(const struct model *model, uint32_t first);

/* Converts the elevations of all rows of a band to numbers. */
void model_convert(const struct model *model, const struct band *band, double *elevations);

/* Returns the CRC-32 of all elevations. */
uint32_t model_checksum(const struct model *model);

#endif
