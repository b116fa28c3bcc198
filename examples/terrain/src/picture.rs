//! The picture: rows of grey values as a PNG file.

use std::io::Write;

use png::{BitDepth, ColorType, Encoder, EncodingError};

/// Returns a greyscale PNG file of 8 bits. Its rows, from top to bottom, are those of `bands`, with
/// one byte for each pixel.
pub(crate) fn encode(width: u32, height: u32, bands: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let mut file = Vec::new();
    write(&mut file, width, height, bands)
        .map_err(|error| format!("failed to encode the picture: {error}"))?;
    Ok(file)
}

fn write(
    file: &mut Vec<u8>,
    width: u32,
    height: u32,
    bands: &[Vec<u8>],
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(file, width, height);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    let mut header = encoder.write_header()?;
    let mut rows = header.stream_writer()?;
    for band in bands {
        rows.write_all(band)?;
    }
    rows.finish()?;
    header.finish()
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn a_png_decoder_returns_the_same_pixels() {
        let file = encode(3, 3, &[vec![0, 1, 2, 253, 254, 255], vec![7, 8, 9]]).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = [0; 9];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (3, 3));
        assert_eq!(
            (info.color_type, info.bit_depth),
            (png::ColorType::Grayscale, png::BitDepth::Eight)
        );
        assert_eq!(pixels, [0, 1, 2, 253, 254, 255, 7, 8, 9]);
    }

    #[test]
    fn missing_rows_are_an_error() {
        assert!(
            encode(3, 3, &[vec![0; 6]]).unwrap_err().starts_with("failed to encode the picture: ")
        );
    }
}
