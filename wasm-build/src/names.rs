//! Removes names from components.

/// The custom section with the names of a component's types, instances and modules. Cargo's `strip`
/// removes only the names of functions, in the modules inside.
const NAMES: &[u8] = b"component-name";

/// Returns the component without its section of names. Only the text form of a component shows
/// these names, and they take about 200 bytes for each exported function.
///
/// Returns bytes that are not a component unchanged.
#[must_use]
pub fn without_names(component: &[u8]) -> Vec<u8> {
    // After the magic number and the version come sections: an id, a length, and the contents.
    let (header, mut rest) = component.split_at(component.len().min(8));
    let mut kept = header.to_vec();
    while let Some((content, next)) =
        rest.split_first().and_then(|(_, sized)| length_prefixed(sized))
    {
        let is_names =
            rest[0] == 0 && length_prefixed(content).is_some_and(|(name, _)| name == NAMES);
        if !is_names {
            kept.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    kept.extend_from_slice(rest);
    kept
}

/// Splits off the bytes that a length prefix counts. The length is in LEB128: seven bits in each
/// byte, the lowest first; the eighth bit says that another byte follows.
fn length_prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    for (index, byte) in bytes.iter().enumerate().take(4) {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return bytes[index + 1..].split_at_checked(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_names;

    const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

    fn check(sections: &[&[u8]], expected: &[&[u8]]) {
        let component = |sections: &[&[u8]]| [&[HEADER], sections].concat().concat();
        assert_eq!(without_names(&component(sections)), component(expected));
    }

    #[test]
    fn only_the_section_of_names_is_removed() {
        let (types, names, producers) =
            (b"\x07\x02ab", b"\0\x11\x0ecomponent-nameab", b"\0\x0b\x09producersa");
        check(&[types, names, producers], &[types, producers]);
        check(&[names], &[]);
        check(&[b"\x07\x11\x0ecomponent-nameab"], &[b"\x07\x11\x0ecomponent-nameab"]);
    }

    #[test]
    fn a_length_of_two_bytes() {
        let long = [b"\x07\x80\x01".as_slice(), &[7; 128]].concat();
        check(&[&long, b"\0\x0f\x0ecomponent-name"], &[&long]);
    }

    #[test]
    fn other_bytes_are_unchanged() {
        for bytes in [
            b"".as_slice(),
            b"\0as",
            b"\0asm\x0d\0\x01\0\0",
            b"\0asm\x0d\0\x01\0\0\x09\x0eab",
            &[0xff; 20],
        ] {
            assert_eq!(without_names(bytes), bytes);
        }
    }
}
