/* The report on a model: the value `stats.json`, and the printed table. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "survey.h"

/* The inputs of the results: two models with the same basis have the same results. */
struct basis {
  const char *dtype;
  uint32_t rows, columns;
  uint32_t crc32; /* of all elevations in C order */
};

struct report {
  char *source; /* the path of the elevations */
  struct basis basis;
  struct statistics elevation, slope, hillshade;
  size_t row, column; /* of the highest point */
};

/* Returns the report on a survey. It refers to `source` and to the basis. */
struct report report_new(char *source, const struct basis *basis, const struct survey *survey);

/* Returns the report as the text of `stats.json`, or a null pointer if there is no memory. Free it
   by `free`. */
char *report_to_json(const struct report *report);

/* Reads a text that `report_to_json` wrote. Returns whether it is one for this basis. Then free
   `report->source` by `free`. */
bool report_from_json(const char *json, const struct basis *basis, struct report *report);

/* Prints the table. */
void report_print(const struct report *report, FILE *file);

/* Writes the shortest decimal that reads back as the same number, as JSON has it. */
void format_number(double number, char text[64]);

#endif
