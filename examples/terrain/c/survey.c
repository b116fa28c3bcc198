#include "survey.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* The position of the sun in degrees: clockwise from north, and above the horizon. */
static const double AZIMUTH = 315.0, ALTITUDE = 45.0;

static struct summary empty_summary(void) {
  return (struct summary){0.0, INFINITY, -INFINITY, 0.0, 0.0};
}

static void summary_add(struct summary *summary, double value) {
  summary->count += 1.0;
  summary->min = fmin(summary->min, value);
  summary->max = fmax(summary->max, value);
  double distance = value - summary->mean;
  summary->mean += distance / summary->count;
  summary->squares += distance * (value - summary->mean);
}

struct statistics summary_statistics(const struct summary *summary) {
  return (struct statistics){summary->min, summary->max, summary->mean,
                             sqrt(summary->squares / summary->count)};
}

void survey_start(struct survey *survey, size_t columns) {
  double azimuth = AZIMUTH * (PI / 180.0), altitude = ALTITUDE * (PI / 180.0);
  *survey = (struct survey){
      .columns = columns,
      .sun = {cos(altitude) * sin(azimuth), -cos(altitude) * cos(azimuth), sin(altitude)},
      .elevation = empty_summary(),
      .slope = empty_summary(),
      .hillshade = empty_summary(),
  };
}

/* Returns the rise along one axis at `cell` of `length` cells, like `numpy.gradient`: a central
   difference within the model and a one-sided one at its edges. `stride` is the distance of
   neighbours. */
static double rise(const double *cell, size_t index, size_t length, size_t stride, double size) {
  size_t before = index > 0, after = index + 1 < length;
  double distance = before + after == 2 ? 2.0 * size : size;
  return (cell[after * stride] - *(cell - before * stride)) / distance;
}

/* Returns the share of the sun's light that a surface with this gradient receives: the cosine of
   the angle between the sun and the surface's normal, and 0 if the sun is behind it. */
static double shade(const struct survey *survey, double east, double south) {
  const double *sun = survey->sun;
  double length = sqrt(1.0 + east * east + south * south);
  double light = (sun[2] - sun[0] * east - sun[1] * south) / length;
  return light < 0.0 ? 0.0 : light > 1.0 ? 1.0 : light;
}

void survey_add(struct survey *survey, const double *elevations, size_t rows, size_t before,
                size_t own, size_t first, float *slope, uint8_t *hillshade) {
  size_t columns = survey->columns;
  for (size_t row = before; row < before + own; row++) {
    for (size_t column = 0; column < columns; column++) {
      const double *cell = &elevations[row * columns + column];
      if (*cell > survey->elevation.max) {
        survey->highest_row = first + row - before;
        survey->highest_column = column;
      }
      double east = rise(cell, column, columns, 1, CELL_WIDTH);
      double south = rise(cell, row, rows, columns, CELL_HEIGHT);
      double degrees = atan(sqrt(east * east + south * south)) * (180.0 / PI);
      double light = shade(survey, east, south);
      summary_add(&survey->elevation, *cell);
      summary_add(&survey->slope, degrees);
      summary_add(&survey->hillshade, light);
      *slope++ = (float)degrees;
      *hillshade++ = (uint8_t)round(light * 255.0);
    }
  }
}
