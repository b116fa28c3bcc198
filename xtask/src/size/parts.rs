//! Assigns functions to parts of the component, by their paths.

use rustc_demangle::demangle;

/// The part of functions from wasi-libc and from the linker.
const OTHER: &str = "libc and linker";

/// Paths of modules and crates, and their parts. The longest prefix of a function's path decides.
#[rustfmt::skip]
const PARTS: &[(&str, &str)] = &[
    ("filemap", "other modules"),
    ("filemap::argsort", "Rust: sorting"),
    ("filemap::array", "array: open, views, resize"),
    ("filemap::array::npy", "headers of .npy files"),
    ("filemap::array::reduce", "reductions"),
    ("filemap::component", "conversion from and to WIT's types"),
    ("filemap::component::bindings", "bindings: resources"),
    ("filemap::component::bindings::exports::filemap::data::array", "bindings: array"),
    ("filemap::component::bindings::exports::filemap::data::bulk", "bindings: bulk"),
    ("filemap::component::bindings::exports::filemap::data::descriptors", "bindings: descriptors"),
    ("filemap::component::bindings::exports::filemap::data::mapping", "bindings: mapping"),
    ("filemap::component::bindings::exports::filemap::data::store", "bindings: store"),
    ("filemap::component::runtime", "allocator"),
    ("filemap::component::wasi", "files through WASI"),
    ("filemap::convert", "conversion from and to WIT's types"),
    ("filemap::display", "errors, paths, locks"),
    ("filemap::dtype", "dtypes and their spelling"),
    ("filemap::error", "errors, paths, locks"),
    ("filemap::fs", "errors, paths, locks"),
    ("filemap::layout", "layout, selection, transfer"),
    ("filemap::region", "regions and the overlay"),
    ("filemap::store", "store"),
    ("filemap::store::key", "keys and file names"),
    ("__rustc", "allocator"),
    ("alloc", "Rust: alloc"),
    ("alloc::collections::btree", "Rust: B-trees"),
    ("compiler_builtins", "Rust: core"),
    ("core", "Rust: core"),
    ("core::char", "Rust: formatting"),
    ("core::fmt", "Rust: formatting"),
    ("core::ptr::drop_in_place", "Rust: drops"),
    ("core::slice::sort", "Rust: sorting"),
    ("dlmalloc", "allocator"),
    ("percent_encoding", "keys and file names"),
    ("wasip2", "files through WASI"),
];

/// Returns the part of a function with this mangled name.
pub(super) fn part_of(mangled: &str) -> &'static str {
    let name = demangled(mangled);
    let path =
        match mangled.strip_prefix("cabi_post_").unwrap_or(mangled).strip_prefix("filemap:data/") {
            // The name of an export comes from WIT: `filemap:data/store@0.1.0#[method]store.get`.
            Some(export) => {
                let interface = export.split('@').next().unwrap_or_default();
                &format!("filemap::component::bindings::exports::filemap::data::{interface}")
            }
            None if mangled == "cabi_realloc" => "filemap::component::runtime",
            None => owner(&name),
        };
    let begins = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || !rest.starts_with(is_word))
    };
    let longest =
        PARTS.iter().filter(|(prefix, _)| begins(prefix)).max_by_key(|(prefix, _)| prefix.len());
    longest.map_or(OTHER, |(_, part)| part)
}

/// Returns the demangled name, without its hash.
pub(super) fn demangled(mangled: &str) -> String {
    format!("{:#}", demangle(mangled))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Returns the path of the type that a function belongs to, such as `filemap::store::key::Name` for
/// `<&[filemap::store::key::Name] as core::fmt::Debug>::fmt`. If the type is a parameter or a
/// primitive type, returns the path of the trait.
fn owner(name: &str) -> &str {
    let Some(inside) = name.strip_prefix('<') else { return name };
    let mut depth = 0_usize;
    let (mut as_trait, mut end) = (None, inside.len());
    for (position, character) in inside.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if inside[..position].ends_with('-') => {}
            '>' if depth > 0 => depth -= 1,
            '>' => {
                end = position;
                break;
            }
            ' ' if depth == 0 && inside[position..].starts_with(" as ") => {
                as_trait = Some(position);
            }
            _ => {}
        }
    }
    let mut of_type = &inside[..as_trait.unwrap_or(end)];
    while let Some(rest) = ["&", "*", "[", "(", "mut ", "const ", "dyn "]
        .iter()
        .find_map(|sign| of_type.strip_prefix(sign))
    {
        of_type = rest;
    }
    if of_type.starts_with('<') {
        return owner(of_type);
    }
    let path_ends = of_type.find(|character| !is_word(character)).unwrap_or(of_type.len());
    match as_trait {
        _ if of_type[path_ends..].starts_with("::") => of_type,
        Some(position) => owner(&inside[position + " as ".len()..end]),
        None => "core",
    }
}

#[cfg(test)]
mod tests {
    use super::{OTHER, PARTS, part_of};
    use crate::root;

    fn check(mangled: &str, expected: &str) {
        assert_eq!(part_of(mangled), expected, "{mangled}");
    }

    #[test]
    fn functions_of_a_module() {
        check("_ZN7filemap5store5index5Index3get17h0123456789abcdefE", "store");
        check("_ZN7filemap5dtype5Dtype5parse17h0123456789abcdefE", "dtypes and their spelling");
        check("_RNvNtNtCsfLfy6EI15iL_7filemap5store3key5quote", "keys and file names");
    }

    #[test]
    fn functions_of_an_implementation() {
        check("<filemap::region::Copy<T> as core::fmt::Debug>::fmt", "regions and the overlay");
        check("<&mut [filemap::store::key::Name] as core::fmt::Debug>::fmt", "keys and file names");
        check(
            "<<filemap::store::Store<D> as core::ops::Deref>::Target as core::fmt::Debug>::fmt",
            "store",
        );
        check("filemap::store::read::<impl filemap::store::Store<D>>::get", "store");
    }

    #[test]
    fn functions_of_a_type_without_a_module_belong_to_the_trait() {
        check("<T as filemap::region::Region>::read", "regions and the overlay");
        check("<fn() -> u8 as core::fmt::Pointer>::fmt", "Rust: formatting");
        check("<str>::escape_debug", "Rust: core");
    }

    #[test]
    fn exports() {
        check("filemap:data/store@0.1.0#[method]store.get", "bindings: store");
        check("cabi_post_filemap:data/array@0.1.0#[method]memmap.read", "bindings: array");
    }

    #[test]
    fn the_longest_prefix_of_whole_names_decides() {
        check("core::fmt::write", "Rust: formatting");
        check("core::fmtx::write", "Rust: core");
        check("core::ptr::drop_in_place<filemap::store::Store>", "Rust: drops");
        check("corex::write", OTHER);
    }

    #[test]
    fn functions_of_libc_and_the_linker() {
        check("memcmp", OTHER);
        check("__wasm_call_ctors", OTHER);
        check("", OTHER);
        check("cabi_realloc", "allocator");
    }

    #[test]
    fn every_module_of_the_table_exists() {
        for (path, _) in PARTS.iter().filter(|(path, _)| !path.contains("::bindings::")) {
            let Some(modules) = path.strip_prefix("filemap::") else { continue };
            let file = root().join("src").join(modules.replace("::", "/"));
            assert!(
                file.is_dir() || file.with_extension("rs").is_file(),
                "`{path}` does not exist; update the table"
            );
        }
    }
}
