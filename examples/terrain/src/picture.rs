//! The picture: rows of grey values as a PNG file.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

/// Returns a greyscale PNG file of 8 bits. `pixels` has its rows from top to bottom, with one byte
/// for each pixel.
///
/// The file is not compressed: compression would save a quarter of it. Without compression, the
/// same program in every language writes the same bytes, whatever compressor the language has.
///
/// # Errors
///
/// A message, if `pixels` has another length.
pub fn encode(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, String> {
    let mut file = Vec::new();
    write(&mut file, width, height, pixels)
        .map_err(|error| format!("failed to encode the picture: {error}"))?;
    Ok(file)
}

fn write(file: &mut Vec<u8>, width: u32, height: u32, pixels: &[u8]) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(file, width, height);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::NoCompression);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn a_png_decoder_returns_the_same_pixels() {
        let file = encode(3, 3, &[0, 1, 2, 253, 254, 255, 7, 8, 9]).unwrap();
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
        assert!(encode(3, 3, &[0; 6]).unwrap_err().starts_with("failed to encode the picture: "));
    }
}
