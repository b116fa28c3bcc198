//! The elevation model: a two-dimensional array in a `.npy` file, read a band of rows at a time.

use std::ops::{Range, RangeInclusive};

use crate::bindings::filemap::data::array::{Index, Memmap, Mode, Slice};
use crate::failed;

/// The approximate size of a band in bytes; a longer row is a separate band. No more of
/// the file is in memory, however many rows it has.
const BAND_SIZE: u32 = 64 << 10;

/// The valid elevations in metres. NaN is not valid, nor is a number whose square overflows.
const ELEVATIONS: RangeInclusive<f64> = -1e9..=1e9;

/// Converts the bytes of elements to numbers.
type Decoder = fn(&[u8]) -> Vec<f64>;

/// An elevation model that is open for reading.
pub(crate) struct Model {
    array: Memmap,
    decoder: Decoder,
    item_size: u32,
    pub(crate) dtype: String,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

/// Some rows of a model, and the rows beside them.
pub(crate) struct Band<'a> {
    model: &'a Model,
    /// The rows of the band.
    rows: Range<u32>,
    /// The elements of `rows`, of the row before and of the row after, if the model has them.
    bytes: Vec<u8>,
}

impl Model {
    /// Opens the array at `path`, and checks that it is an elevation model.
    pub(crate) fn open(path: &str) -> Result<Self, String> {
        let open = || failed("open the elevations");
        let array = Memmap::open_npy(path, Mode::ReadOnly, None).map_err(open())?;
        let info = array.info().map_err(open())?;

        let refuse = |reason: String| {
            Err(format!("failed to take `{path}` for an elevation model: {reason}"))
        };
        let Some((decoder, item_size)) = decoder(&info.dtype) else {
            return refuse(format!(
                "its dtype is `{}`, and elevations are integers of 8 to 32 bits or floats of 32 or \
                 64 bits",
                info.dtype
            ));
        };
        let [rows, columns] = info.shape[..] else {
            return refuse(format!(
                "it has {} dimensions, and a model has 2: rows and columns",
                info.shape.len()
            ));
        };
        // A gradient needs two rows and two columns, as `numpy.gradient` does.
        let (2.., Ok(rows), 2.., Ok(columns)) =
            (rows, rows.try_into(), columns, columns.try_into())
        else {
            return refuse(format!(
                "its shape is {rows} by {columns}, and slopes need at least 2 rows and 2 columns; \
                 at most {} are read",
                u32::MAX
            ));
        };
        Ok(Self { array, decoder, item_size, dtype: info.dtype, rows, columns })
    }

    /// Returns the number of rows in a band; the last band may have fewer.
    pub(crate) fn band_rows(&self) -> u32 {
        let row_size = self.columns.saturating_mul(self.item_size);
        (BAND_SIZE / row_size).clamp(1, self.rows)
    }

    /// Returns the rows of each band, from north to south.
    pub(crate) fn bands(&self) -> impl Iterator<Item = Range<u32>> + use<> {
        let (rows, step) = (self.rows, self.band_rows());
        (0..rows)
            .step_by(step as usize)
            .map(move |start| start..rows.min(start.saturating_add(step)))
    }

    /// Reads a band.
    pub(crate) fn read(&self, rows: Range<u32>) -> Result<Band<'_>, String> {
        let bytes = self.read_rows(rows.start.saturating_sub(1)..rows.end.saturating_add(1))?;
        Ok(Band { model: self, rows, bytes })
    }

    /// Returns the CRC-32 of all elevations.
    pub(crate) fn checksum(&self) -> Result<u32, String> {
        let mut checksum = crc32fast::Hasher::new();
        for rows in self.bands() {
            checksum.update(&self.read_rows(rows)?);
        }
        Ok(checksum.finalize())
    }

    /// Reads the bytes of whole rows, in C order. A slice ignores rows after the last one.
    fn read_rows(&self, rows: Range<u32>) -> Result<Vec<u8>, String> {
        let slice =
            Slice { start: Some(rows.start.into()), stop: Some(rows.end.into()), step: None };
        self.array.read(&[Index::Slice(slice)]).map_err(failed("read the elevations"))
    }

    fn row_size(&self) -> usize {
        self.columns as usize * self.item_size as usize
    }
}

impl Band<'_> {
    /// Returns the index of the band's first row in the model.
    pub(crate) fn first_row(&self) -> usize {
        self.rows.start as usize
    }

    /// Returns the position of the band's rows among the rows that were read.
    pub(crate) fn own_rows(&self) -> Range<usize> {
        let before = usize::from(self.rows.start > 0);
        before..before + self.rows.len()
    }

    /// Returns the bytes of the band's rows, without the rows beside them.
    pub(crate) fn own_bytes(&self) -> &[u8] {
        let Range { start, end } = self.own_rows();
        &self.bytes[start * self.model.row_size()..end * self.model.row_size()]
    }

    /// Returns the elevations of the band's rows and of the rows beside them.
    pub(crate) fn elevations(&self) -> Result<Vec<f64>, String> {
        let elevations = (self.model.decoder)(&self.bytes);
        let Some(cell) = elevations.iter().position(|elevation| !ELEVATIONS.contains(elevation))
        else {
            return Ok(elevations);
        };
        let columns = self.model.columns as usize;
        let row = self.first_row() - self.own_rows().start + cell / columns;
        Err(format!(
            "failed to use the elevation {:?}: row {row}, column {} should have a number from {:?} \
             to {:?}",
            elevations[cell],
            cell % columns,
            ELEVATIONS.start(),
            ELEVATIONS.end()
        ))
    }
}

/// Returns the decoder and the item size of a dtype. It supports every dtype whose values `f64` can
/// represent exactly, except `float16`, which Rust does not have.
fn decoder(dtype: &str) -> Option<(Decoder, u32)> {
    Some(match dtype {
        "|i1" => (|bytes| numbers(bytes, i8::from_le_bytes), 1),
        "|u1" => (|bytes| numbers(bytes, u8::from_le_bytes), 1),
        "<i2" => (|bytes| numbers(bytes, i16::from_le_bytes), 2),
        ">i2" => (|bytes| numbers(bytes, i16::from_be_bytes), 2),
        "<u2" => (|bytes| numbers(bytes, u16::from_le_bytes), 2),
        ">u2" => (|bytes| numbers(bytes, u16::from_be_bytes), 2),
        "<i4" => (|bytes| numbers(bytes, i32::from_le_bytes), 4),
        ">i4" => (|bytes| numbers(bytes, i32::from_be_bytes), 4),
        "<u4" => (|bytes| numbers(bytes, u32::from_le_bytes), 4),
        ">u4" => (|bytes| numbers(bytes, u32::from_be_bytes), 4),
        "<f4" => (|bytes| numbers(bytes, f32::from_le_bytes), 4),
        ">f4" => (|bytes| numbers(bytes, f32::from_be_bytes), 4),
        "<f8" => (|bytes| numbers(bytes, f64::from_le_bytes), 8),
        ">f8" => (|bytes| numbers(bytes, f64::from_be_bytes), 8),
        _ => return None,
    })
}

fn numbers<const SIZE: usize, T: Into<f64>>(bytes: &[u8], number: fn([u8; SIZE]) -> T) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|&element| number(element).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::decoder;

    #[track_caller]
    fn check(dtype: &str, bytes: &[u8], expected: &[f64]) {
        let (decoder, item_size) = decoder(dtype).unwrap();
        assert_eq!(decoder(bytes), expected);
        assert_eq!(bytes.len(), expected.len() * item_size as usize);
    }

    #[test]
    fn elements_are_converted_to_numbers() {
        check("|i1", &[0xff, 0x7f], &[-1.0, 127.0]);
        check("|u1", &[0xff, 0x7f], &[255.0, 127.0]);
        check("<i2", &[0x34, 0x12, 0xff, 0xff], &[4660.0, -1.0]);
        check(">i2", &[0x12, 0x34, 0xff, 0xff], &[4660.0, -1.0]);
        check("<u2", &[0x34, 0x12, 0xff, 0xff], &[4660.0, 65535.0]);
        check(">u4", &[0xff, 0xff, 0xff, 0xff], &[4_294_967_295.0]);
        check("<i4", &[0xfe, 0xff, 0xff, 0xff], &[-2.0]);
        check("<f4", &1.5f32.to_le_bytes(), &[1.5]);
        check(">f8", &(-0.1f64).to_be_bytes(), &[-0.1]);
    }

    #[test]
    fn other_dtypes_have_no_decoder() {
        for dtype in ["<i8", "<u8", "<f2", "<c8", "|b1", "|S4"] {
            assert!(decoder(dtype).is_none(), "{dtype}");
        }
    }
}
