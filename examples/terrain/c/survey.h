/* The computation: from elevations to slope, hillshade and statistics. It uses no files. */
#ifndef SURVEY_H
#define SURVEY_H

#include <stddef.h>
#include <stdint.h>

/* The width of a cell in metres, from west to east, and its height, from north to south. The README
   of the data has the derivation. */
#define CELL_WIDTH 74.40446290285126
#define CELL_HEIGHT 92.66666666666667

/* The statistics of a series; `std` is the population's standard deviation, numpy's default. */
struct statistics {
  double min, max, mean, std;
};

/* The running statistics of a series, by Welford's method. */
struct summary {
  double count, min, max, mean, squares;
};

/* The statistics of the rows of a terrain that were added so far. */
struct survey {
  size_t columns;
  double sun[3]; /* the direction of the sun as a vector of length 1: east, south, up */
  struct summary elevation, slope, hillshade;
  size_t highest_row, highest_column; /* the first highest cell in C order */
};

/* Starts the survey of a terrain with this many columns. */
void survey_start(struct survey *survey, size_t columns);

/* Computes `own` rows of `elevations`, which has `rows` whole rows: those rows, the row before
   (`before` is 1 or 0) and the row after, if the model has them. `first` is the number of the first
   own row in the model. Writes `own * columns` values to `slope` (degrees) and to `hillshade` (0 to
   255). */
void survey_add(struct survey *survey, const double *elevations, size_t rows, size_t before,
                size_t own, size_t first, float *slope, uint8_t *hillshade);

/* Returns the statistics of a series. */
struct statistics summary_statistics(const struct summary *summary);

#endif
