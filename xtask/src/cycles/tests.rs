use std::path::Path;

use super::cycle::{Cycle, cycles};
use super::tree::Tree;

/// Compares the shortest cycles among these files with those that are expected. The first file is
/// the root of the target.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let source = |path: &Path| {
        let file = files.iter().find(|(name, _)| Path::new(name) == path);
        file.map(|(_, text)| (*text).to_owned())
    };
    let tree = Tree::read(Path::new(files[0].0), &source).unwrap();
    let found: Vec<String> = cycles(&tree).iter().map(shortest).collect();
    assert_eq!(found, expected);
}

/// Writes a cycle as `a.rs > b.rs > a.rs`.
fn shortest(cycle: &Cycle) -> String {
    let steps = cycle.shortest.iter().map(|step| format!("{} > ", step.from.display()));
    steps.chain([cycle.shortest[0].from.display().to_string()]).collect()
}

#[test]
fn modules_without_a_cycle() {
    check(
        &[
            ("lib.rs", "mod a; mod b; mod c; use a::A;"),
            ("a.rs", "use crate::b::B; use crate::c::C; pub struct A(B, C);"),
            ("b.rs", "use crate::c::C; pub struct B(C);"),
            ("c.rs", "use std::fmt::Debug; pub struct C; impl Debug for C {}"),
        ],
        &[],
    );
}

#[test]
fn two_modules_that_import_each_other() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::a::A; pub struct B(A);"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
}

#[test]
fn a_path_in_code_counts_like_an_import() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use super::b; pub fn a() -> b::B<u8> { b::new() }"),
            ("b.rs", "pub struct B<T>(T); pub fn f() { if 0 < 1 { let _ = crate::a::a(); } }"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
}

#[test]
fn three_modules_with_one_import_through_a_re_export() {
    check(
        &[
            ("lib.rs", "pub mod a; pub mod b; pub mod c; pub use c::C as Renamed;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::Renamed; pub struct B(Renamed);"),
            ("c.rs", "use crate::{a::{self}, b::*}; pub struct C(a::A);"),
        ],
        // The glob makes a shorter one.
        &["b.rs > c.rs > b.rs"],
    );
    check(
        &[
            ("lib.rs", "pub mod a; pub mod b; pub mod c; pub use c::C as Renamed;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::Renamed; pub struct B(Renamed);"),
            ("c.rs", "use crate::{a::{self}}; pub struct C(a::A);"),
        ],
        &["a.rs > b.rs > c.rs > a.rs"],
    );
}

#[test]
fn an_item_that_the_parent_re_exports_from_a_sibling() {
    check(
        &[
            ("lib.rs", "mod m;"),
            ("m.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("m/a.rs", "use super::B; pub struct A(B);"),
            ("m/b.rs", "pub struct B; fn f(_: super::A) {}"),
        ],
        &["m/a.rs > m/b.rs > m/a.rs"],
    );
}

#[test]
fn the_body_of_a_macro_and_its_arguments() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "#[macro_export] macro_rules! m { ($x:ident) => { $x::b::B; $crate::b::B::$x } }",
            ),
            ("b.rs", "pub struct B; fn f() { crate::m!(b) }"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
    check(
        &[
            ("lib.rs", "mod a; mod b; generate!(a::b);"),
            ("a.rs", "generate!({ with: { \"name\": crate::b::B } });"),
            ("b.rs", "use crate::a::made::A; pub struct B; fn f() { x.a(1..a::f()) }"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
}

#[test]
fn names_through_globs() {
    check(
        &[
            ("lib.rs", "mod a; mod b; use a::*; pub use b::*; fn helper() {}"),
            ("a.rs", "use super::*; pub struct A; fn f() { let b = 1; g(b); helper() }"),
            ("b.rs", "use super::*; pub struct B; pub fn g(_: u8) { A }"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::*; pub struct A;"),
            ("b.rs", "use crate::a::A;"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
}

#[test]
fn modules_that_are_joined_through_their_children() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a/mod.rs", "mod one; mod two; pub use one::One;"),
            ("a/one.rs", "pub struct One;"),
            ("a/two.rs", "use crate::b::B; pub struct Two(B);"),
            ("b.rs", "mod deep; pub struct B;"),
            ("b/deep.rs", "use crate::a::One;"),
        ],
        &["a/mod.rs > b.rs > a/mod.rs"],
    );
}

#[test]
fn ancestors_and_descendants_may_import_each_other() {
    check(
        &[
            ("lib.rs", "mod a; pub struct Root(a::A);"),
            ("a.rs", "mod b; pub use b::B; use b::c::C; pub struct A(crate::Root);"),
            ("a/b.rs", "pub mod c; use super::A; pub struct B(crate::Root);"),
            ("a/b/c.rs", "use crate::a::{A, B}; pub struct C;"),
        ],
        &[],
    );
}

#[test]
fn an_inline_module_belongs_to_its_file() {
    check(
        &[
            ("lib.rs", "mod a { pub mod inner { use crate::b::B; } pub struct A; } mod b;"),
            ("b.rs", "use crate::a::A; pub struct B;"),
        ],
        &[],
    );
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "pub mod inner { use super::super::b::B; pub mod child; }"),
            ("a/inner/child.rs", "pub struct Child;"),
            ("b.rs", "use crate::a::inner::child::Child; pub struct B;"),
        ],
        &["a.rs > b.rs > a.rs"],
    );
}

#[test]
fn files_named_by_an_attribute() {
    check(
        &[
            ("tests/all.rs", "#[path = \"all/a.rs\"] mod a; #[path = \"../b.rs\"] mod b;"),
            ("tests/all/a.rs", "mod c; use c::C; use crate::b::B; pub struct A;"),
            ("tests/all/c.rs", "pub struct C;"),
            ("b.rs", "use crate::a::A; pub struct B;"),
        ],
        &["tests/all/a.rs > b.rs > tests/all/a.rs"],
    );
}

#[test]
fn tests_may_import_everything() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "#[cfg(test)] mod tests; use crate::b::B;"),
            ("a/tests.rs", "use crate::b::B;"),
            ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; fn f(_: A) {} }"),
        ],
        &[],
    );
}

#[test]
fn a_message_names_files_lines_and_items() {
    let source = |path: &Path| match path.to_str() {
        Some("lib.rs") => Some("mod a;\nmod b;".to_owned()),
        Some("a.rs") => Some("pub mod deep;\nuse crate::{\n    b::B,\n};".to_owned()),
        Some("a/deep.rs") => Some("pub struct Deep;".to_owned()),
        Some("b.rs") => Some("use crate::a::deep::Deep;\npub struct B;".to_owned()),
        _ => None,
    };
    let tree = Tree::read(Path::new("lib.rs"), &source).unwrap();
    let expected = "\
a cycle among `a.rs`, `b.rs`
  a.rs -> b.rs
      a.rs:3: `crate::b::B`
  b.rs -> a.rs
      b.rs:1: `crate::a::deep::Deep`, defined in a/deep.rs
";
    assert_eq!(cycles(&tree)[0].to_string(), expected);
}

#[test]
fn a_module_without_a_file_is_an_error() {
    let source = |path: &Path| (path == Path::new("lib.rs")).then(|| "mod a;".to_owned());
    let error = Tree::read(Path::new("lib.rs"), &source).unwrap_err();
    let expected = "there is no file of the module `a` that `lib.rs` declares";
    assert_eq!(error.to_string(), expected);
}
