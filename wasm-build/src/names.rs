//! Removing names from components.

/// The section that has the names of what a component is made of. Cargo's `strip` removes only the
/// names of functions, which are in the modules inside.
const NAMES: &[u8] = b"component-name";

/// The component without the names of its types, instances and modules. They are for people who
/// read its text form, and need about 200 bytes for each exported function.
///
/// Bytes that are not a component stay as they are.
#[must_use]
pub fn without_names(component: &[u8]) -> Vec<u8> {
    // Behind the magic number and the version there are sections: an id, a length, and a content.
    let (header, mut rest) = component.split_at(component.len().min(8));
    let mut kept = header.to_vec();
    while let Some((content, next)) = rest.split_first().and_then(|(_, sized)| counted(sized)) {
        let is_names = rest[0] == 0 && counted(content).is_some_and(|(name, _)| name == NAMES);
        if !is_names {
            kept.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    kept.extend_from_slice(rest);
    kept
}

/// The bytes that a length at the front counts, and those behind them. A length is in LEB128: seven
/// bits a byte, the lowest first, and the eighth bit says that there is another byte.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
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
    fn only_names_are_removed() {
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
    fn what_is_no_component_stays() {
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
