#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const PROGRAM = "terrain 0.1.0";

struct report report_new(char *source, const struct basis *basis, const struct survey *survey) {
  return (struct report){
      .source = source,
      .basis = *basis,
      .elevation = summary_statistics(&survey->elevation),
      .slope = summary_statistics(&survey->slope),
      .hillshade = summary_statistics(&survey->hillshade),
      .row = survey->highest_row,
      .column = survey->highest_column,
  };
}

void format_number(double number, char text[64]) {
  if (isnan(number) || isinf(number)) {
    strcpy(text, isnan(number) ? "NaN" : number < 0 ? "-inf" : "inf");
    return;
  }
  char scientific[32];
  for (int precision = 14; precision <= 16; precision++) {
    snprintf(scientific, sizeof scientific, "%.*e", precision, number);
    if (strtod(scientific, NULL) == number) break;
  }
  /* The digits without the point and the zeros at the end, and where the point belongs. */
  char digits[20], *from = scientific;
  int count = 0;
  if (*from == '-') *text++ = *from++;
  for (; *from != 'e'; from++) {
    if (*from != '.') digits[count++] = *from;
  }
  int point = number == 0 ? 1 : atoi(from + 1) + 1;
  while (count > 1 && digits[count - 1] == '0') count--;
  digits[count] = 0;
  if (point > 16 || point <= -5) {
    sprintf(text, "%c%s%se%d", digits[0], count > 1 ? "." : "", digits + 1, point - 1);
  } else if (point <= 0) {
    sprintf(text, "0.%.*s%s", -point, "00000", digits);
  } else if (count <= point) {
    sprintf(text, "%s%.*s.0", digits, point - count, "0000000000000000");
  } else {
    sprintf(text, "%.*s.%s", point, digits, digits + point);
  }
}

/* Appends a text as the content of a JSON string. */
static char *put_escaped(char *at, const char *text) {
  for (; *text != 0; text++) {
    const char *special = "\"\\\b\f\n\r\t", *short_form = "\"\\bfnrt";
    const char *found = strchr(special, *text);
    if (found != NULL) at += sprintf(at, "\\%c", short_form[found - special]);
    else if ((unsigned char)*text < 0x20) at += sprintf(at, "\\u%04x", (unsigned)*text);
    else *at++ = *text;
  }
  *at = 0;
  return at;
}

static char *put_statistics(char *at, const char *name, const struct statistics *statistics) {
  char min[64], max[64], mean[64], std[64];
  format_number(statistics->min, min);
  format_number(statistics->max, max);
  format_number(statistics->mean, mean);
  format_number(statistics->std, std);
  return at + sprintf(at,
                      "  \"%s\": {\n    \"min\": %s,\n    \"max\": %s,\n    \"mean\": %s,\n"
                      "    \"std\": %s\n  }",
                      name, min, max, mean, std);
}

char *report_to_json(const struct report *report) {
  const struct basis *basis = &report->basis;
  /* A character has at most 6 in JSON. */
  char *json = malloc(4096 + 6 * strlen(report->source) + strlen(basis->dtype)), *at = json;
  if (json == NULL) return NULL;
  char width[64], height[64];
  format_number(CELL_HEIGHT, height);
  format_number(CELL_WIDTH, width);
  at = put_escaped(at + sprintf(at, "{\n  \"source\": \""), report->source);
  at += sprintf(at,
                "\",\n  \"basis\": {\n    \"program\": \"%s\",\n    \"dtype\": \"%s\",\n"
                "    \"shape\": [\n      %lu,\n      %lu\n    ],\n    \"crc32\": \"%08lx\",\n"
                "    \"cell_size\": [\n      %s,\n      %s\n    ]\n  },\n",
                PROGRAM, basis->dtype, (unsigned long)basis->rows, (unsigned long)basis->columns,
                (unsigned long)basis->crc32, height, width);
  at = put_statistics(at, "elevation", &report->elevation);
  at += sprintf(at, ",\n  \"highest\": {\n    \"row\": %lu,\n    \"column\": %lu\n  },\n",
                (unsigned long)report->row, (unsigned long)report->column);
  at = put_statistics(at, "slope", &report->slope);
  at += sprintf(at, ",\n");
  at = put_statistics(at, "hillshade", &report->hillshade);
  sprintf(at, "\n}\n");
  return json;
}

/* Reads the content of a JSON string, up to its closing quotation mark, to `text`, which has room
   for it. Returns what follows, or a null pointer. */
static const char *take_escaped(const char *json, char *text) {
  for (; *json != '"'; json++) {
    if (*json == 0) return NULL;
    if (*json != '\\') {
      *text++ = *json;
      continue;
    }
    const char *special = "\"\\\b\f\n\r\t", *short_form = "\"\\bfnrt", *found;
    unsigned code;
    if (*++json == 'u' && sscanf(json, "u%4x", &code) == 1 && code < 0x20) {
      *text++ = (char)code;
      json += 4;
    } else if (*json != 0 && (found = strchr(short_form, *json)) != NULL) {
      *text++ = special[found - short_form];
    } else {
      return NULL;
    }
  }
  *text = 0;
  return json + 1;
}

static const char *take_statistics(const char *json, const char *name,
                                   struct statistics *statistics) {
  json = json == NULL ? NULL : strstr(json, name);
  if (json == NULL) return NULL;
  const char *form = "\": { \"min\": %lf, \"max\": %lf, \"mean\": %lf, \"std\": %lf";
  int numbers = sscanf(json + strlen(name), form, &statistics->min, &statistics->max,
                       &statistics->mean, &statistics->std);
  return numbers == 4 ? json : NULL;
}

bool report_from_json(const char *json, const struct basis *basis, struct report *report) {
  const char *start = "{\n  \"source\": \"";
  if (strncmp(json, start, strlen(start)) != 0) return false;
  *report = (struct report){.source = malloc(strlen(json) + 1), .basis = *basis};
  if (report->source == NULL) return false;
  const char *rest = take_escaped(json + strlen(start), report->source);
  rest = take_statistics(rest, "elevation", &report->elevation);
  unsigned long row, column;
  const char *highest = rest == NULL ? NULL : strstr(rest, "highest");
  if (highest == NULL ||
      sscanf(highest, "highest\": { \"row\": %lu, \"column\": %lu", &row, &column) != 2) {
    rest = NULL;
  } else {
    report->row = row;
    report->column = column;
  }
  rest = take_statistics(rest, "slope", &report->slope);
  rest = take_statistics(rest, "hillshade", &report->hillshade);
  /* It is the text of this report, with this basis, if the report has this text. */
  char *same = rest == NULL ? NULL : report_to_json(report);
  bool found = same != NULL && strcmp(same, json) == 0;
  free(same);
  if (!found) free(report->source);
  return found;
}

static void print_line(FILE *file, const char *name, const struct statistics *statistics,
                       int digits) {
  fprintf(file, "%-20s%10.*f%10.*f%10.*f%12.*f\n", name, digits, statistics->min, digits,
          statistics->max, digits, statistics->mean, digits, statistics->std);
}

void report_print(const struct report *report, FILE *file) {
  fprintf(file, "%-20s%10s%10s%10s%12s\n", "", "min", "max", "mean", "std");
  print_line(file, "elevation (m)", &report->elevation, 2);
  print_line(file, "slope (degrees)", &report->slope, 2);
  print_line(file, "hillshade (0 to 1)", &report->hillshade, 4);
  char highest[64];
  format_number(report->elevation.max, highest);
  size_t length = strlen(highest);
  if (length > 2 && strcmp(highest + length - 2, ".0") == 0) highest[length - 2] = 0;
  fprintf(file, "highest point: %s m in row %lu, column %lu\n", highest,
          (unsigned long)report->row, (unsigned long)report->column);
}
