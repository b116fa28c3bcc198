//! The report on a model: the value `stats.json`, and the printed table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Model;
use terrain::survey::{CELL_HEIGHT, CELL_WIDTH, Statistics, Survey};

/// The results for a model. Its JSON has enough digits to restore every number exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The path of the elevations. It is only printed, because the file there can be replaced.
    pub(crate) source: String,
    pub(crate) basis: Basis,
    /// Metres.
    elevation: Statistics,
    highest: Place,
    /// Degrees.
    slope: Statistics,
    /// 0 (dark) to 1 (light from straight above), before it is rounded to the 256 greys of the
    /// picture.
    hillshade: Statistics,
}

/// The inputs of the results: two models with the same basis have the same results.
///
/// The checksum covers every elevation: it detects a file that was changed or replaced under the
/// same name, and recognizes a file that was moved. It protects against mistakes, not against
/// malice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// Name and version of this program: a later version may compute other results.
    program: String,
    dtype: String,
    /// Rows and columns.
    shape: [u32; 2],
    /// The CRC-32 of all elevations in C order, as `zlib.crc32(a.tobytes())` gives it, in
    /// hexadecimal.
    crc32: String,
    /// Height and width of a cell in metres, in the order of the axes.
    cell_size: [f64; 2],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    row: usize,
    column: usize,
}

impl Basis {
    pub(crate) fn new(model: &Model, checksum: u32) -> Self {
        Self {
            program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
            dtype: model.dtype.clone(),
            shape: [model.rows, model.columns],
            crc32: format!("{checksum:08x}"),
            cell_size: [CELL_HEIGHT, CELL_WIDTH],
        }
    }
}

impl Report {
    pub(crate) fn new(source: &str, basis: Basis, survey: &Survey) -> Self {
        let (row, column) = survey.highest;
        Self {
            source: source.to_owned(),
            basis,
            elevation: survey.elevation.statistics(),
            highest: Place { row, column },
            slope: survey.slope.statistics(),
            hillshade: survey.hillshade.statistics(),
        }
    }

    /// Returns the report as the text of `stats.json`.
    pub(crate) fn to_json(&self) -> Result<String, String> {
        let json = serde_json::to_string_pretty(self);
        json.map(|json| json + "\n")
            .map_err(|error| format!("failed to write the statistics as JSON: {error}"))
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rows, columns] = self.shape;
        write!(
            formatter,
            "{rows} rows of {columns} cells, dtype {}, CRC-32 {}",
            self.dtype, self.crc32
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:20}{:>10}{:>10}{:>10}{:>12}", "", "min", "max", "mean", "std")?;
        let lines = [
            ("elevation (m)", &self.elevation, 2),
            ("slope (degrees)", &self.slope, 2),
            ("hillshade (0 to 1)", &self.hillshade, 4),
        ];
        for (name, Statistics { min, max, mean, std }, digits) in lines {
            writeln!(
                formatter,
                "{name:20}{min:10.digits$}{max:10.digits$}{mean:10.digits$}{std:12.digits$}"
            )?;
        }
        let Place { row, column } = self.highest;
        writeln!(formatter, "highest point: {} m in row {row}, column {column}", self.elevation.max)
    }
}
