// CRC-32, as in zlib and PNG.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Returns the checksum of bytes after those with the checksum `crc`: `zlib.crc32(bytes, crc)`. */
export function crc32(bytes, crc = 0) {
  let state = ~crc;
  for (let index = 0; index < bytes.length; index++) {
    state = (state >>> 8) ^ TABLE[(state ^ bytes[index]) & 0xff];
  }
  return ~state >>> 0;
}
