//! Tests of the comparison on a small package.

use super::check;

/// A package with one item of each kind.
const OLD: &str = "
    /// A package.
    package p:data@0.1.0;

    @since(version = 0.1.0)
    interface store {
      @since(version = 0.1.0)
      use wasi:io/streams@0.2.0.{input-stream};

      /// An order.
      @since(version = 0.1.0)
      enum order { c, f }

      @since(version = 0.1.0)
      record options { create: bool, order: order }

      @since(version = 0.1.0)
      resource store {
        @since(version = 0.1.0)
        open: static func(path: string, options: options) -> result<store>;
        @since(version = 0.1.0)
        get: func(key: string) -> option<list<u8>>;
      }

      @since(version = 0.1.0)
      stream: func(key: string) -> input-stream;
    }

    @since(version = 0.1.0)
    world provider {
      @since(version = 0.1.0)
      import wasi:filesystem/types@0.2.0;
      @since(version = 0.1.0)
      export store;
    }

    @since(version = 0.1.0)
    world plugin {
      @since(version = 0.1.0)
      import store;
    }";

/// Compares [`OLD`] with a copy in which each first text is replaced by the second. Returns the
/// message of the difference.
#[track_caller]
fn compare_replaced(replaced: &[(&str, &str)]) -> Result<(), String> {
    let mut text = OLD.to_owned();
    for (from, to) in replaced {
        assert!(text.contains(from), "`{from}` is in the package");
        text = text.replacen(from, to, 1);
    }
    check(OLD, &text).map_err(|difference| difference.to_string())
}

#[track_caller]
fn check_refused(replaced: &[(&str, &str)], expected: &str) {
    assert_eq!(compare_replaced(replaced), Err(expected.to_owned()));
}

/// Like [`compare_replaced`], with version 0.1.1 in the copy.
#[track_caller]
fn compare_replaced_in_0_1_1(from: &str, to: &str) -> Result<(), String> {
    compare_replaced(&[("data@0.1.0", "data@0.1.1"), (from, to)])
}

#[test]
fn comments_and_layout_may_change() {
    assert_eq!(compare_replaced(&[("/// An order.", "/// Another\n/* text */")]), Ok(()));
    assert_eq!(
        compare_replaced(&[("enum order { c, f }", "enum order {\n  c,\n\n  f,\n}")]),
        Ok(())
    );
    assert_eq!(compare_replaced(&[("(key: string)", "(\n  key :string,\n)")]), Ok(()));
}

#[test]
fn an_added_enum_case_is_refused() {
    let expected = "interface store, enum order: member `a` was added to a list that is final\n    \
        was: -\n    is:  a";
    check_refused(&[("{ c, f }", "{ c, f, a }")], expected);
    check_refused(&[("data@0.1.0", "data@0.1.1"), ("{ c, f }", "{ a, c, f, }")], expected);
    check_refused(
        &[("data@0.1.0", "data@0.1.1"), ("{ c, f }", "{ c, f, @since(version = 0.1.1) a }")],
        &expected.replace("is:  a", "is:  @since(version = 0.1.1) a"),
    );
}

#[test]
fn reordered_enum_cases_are_refused() {
    let expected = "interface store, enum order: member `f` was moved\n    was: f\n    is:  f";
    check_refused(&[("{ c, f }", "{ f, c }")], expected);
}

#[test]
fn an_added_record_field_is_refused() {
    let expected = "interface store, record options: member `mode` was added to a list that is \
        final\n    was: -\n    is:  mode: u8";
    check_refused(&[("create: bool,", "create: bool, mode: u8,")], expected);
}

#[test]
fn a_record_field_of_another_type_is_refused() {
    let expected = "interface store, record options: member `create` was changed\n    was: create: \
        bool\n    is:  create: option<bool>";
    check_refused(&[("create: bool", "create: option<bool>")], expected);
}

#[test]
fn an_added_parameter_is_refused() {
    let expected = "interface store, resource store: function `get` was changed\n    was: \
        @since(version = 0.1.0) get: func(key: string) -> option<list<u8>>\n    is:  \
        @since(version = 0.1.0) get: func(key: string, max: u64) -> option<list<u8>>";
    check_refused(&[("get: func(key: string)", "get: func(key: string, max: u64)")], expected);
}

#[test]
fn a_renamed_function_is_refused() {
    let expected = "interface store: function `stream` was removed\n    \
                    was: @since(version = 0.1.0) stream: func(key: string) -> input-stream\n    \
                    is:  @since(version = 0.1.0) read: func(key: string) -> input-stream";
    check_refused(&[("stream: func", "read: func")], expected);
    check_refused(&[("data@0.1.0", "data@0.1.1"), ("stream: func", "read: func")], expected);
}

#[test]
fn a_removed_function_is_refused() {
    let function = "@since(version = 0.1.0)\n        get: func(key: string) -> option<list<u8>>;";
    let expected = "interface store, resource store: function `get` was removed\n    was: \
        @since(version = 0.1.0) get: func(key: string) -> option<list<u8>>\n    is:  -";
    check_refused(&[(function, "")], expected);
}

#[test]
fn another_version_of_wasi_is_refused() {
    let expected = "world provider: import `wasi:filesystem/types` was changed\n    \
                    was: @since(version = 0.1.0) import wasi:filesystem/types@0.2.0\n    \
                    is:  @since(version = 0.1.0) import wasi:filesystem/types@0.2.6";
    check_refused(&[("filesystem/types@0.2.0", "filesystem/types@0.2.6")], expected);
    let expected = "interface store: use `wasi:io/streams` was changed\n    \
                    was: @since(version = 0.1.0) use wasi:io/streams@0.2.0.{input-stream}\n    \
                    is:  @since(version = 0.1.0) use wasi:io/streams@0.2.6.{input-stream}";
    check_refused(&[("streams@0.2.0", "streams@0.2.6")], expected);
}

#[test]
fn a_removed_gate_is_refused() {
    let expected = "interface store: enum `order` was changed\n    was: @since(version = 0.1.0) \
        enum order { ... }\n    is:  enum order { ... }";
    check_refused(&[("@since(version = 0.1.0)\n      enum", "enum")], expected);
}

#[test]
fn an_addition_without_a_new_version_is_refused() {
    let expected = "interface store, resource store: function `len` was added without a new \
        version\n    was: -\n    is:  @since(version = 0.1.1) len: func() -> u64";
    let added =
        ("resource store {", "resource store { @since(version = 0.1.1) len: func() -> u64;");
    check_refused(&[added], expected);
    assert_eq!(compare_replaced(&[("data@0.1.0", "data@0.1.1"), added]), Ok(()));
}

#[test]
fn an_addition_without_a_gate_of_the_new_version_is_refused() {
    let expected = "interface store: function `len` was added without the gate `@since(version = \
        0.1.1)`\n    was: -\n    is:  @since(version = 0.1.0) len: func() -> u64";
    check_refused(
        &[
            ("data@0.1.0", "data@0.1.1"),
            ("interface store {", "interface store { @since(version = 0.1.0) len: func() -> u64;"),
        ],
        expected,
    );
}

#[test]
fn a_second_item_with_the_same_name_is_an_addition() {
    let used = "use wasi:io/streams@0.2.0.{output-stream}";
    let expected = format!(
        "interface store: use `wasi:io/streams` was added without a new version\n    was: -\n    \
         is:  @since(version = 0.1.1) {used}"
    );
    check_refused(
        &[("{input-stream};", &format!("{{input-stream}}; @since(version = 0.1.1) {used};"))],
        &expected,
    );
}

#[test]
fn a_later_version_may_add_functions_types_interfaces_imports_and_exports() {
    for (after, added) in [
        ("option<list<u8>>;", "len: func() -> u64;"),
        ("-> input-stream;", "len: func() -> u64;"),
        ("order: order }", "enum side { left, right }"),
        ("import store;\n    }", "interface more {}"),
        ("import store;", "import more;"),
        ("export store;", "export more;"),
    ] {
        assert_eq!(
            compare_replaced_in_0_1_1(after, &format!("{after} @since(version = 0.1.1) {added}")),
            Ok(()),
            "{added}"
        );
    }
}

#[test]
fn provider_imports_and_plugin_exports_are_not_added() {
    let added = |line: &str| format!("{{ @since(version = 0.1.1) {line};");
    let error = |world: &str, line: &str| {
        let (kind, name) = line.split_once(' ').unwrap();
        let name = name.split('@').next().unwrap();
        Err(format!(
            "world {world}: {kind} `{name}` was added to a world that may not get it\n    was: \
             -\n    is:  @since(version = 0.1.1) {line}"
        ))
    };
    for (world, line) in
        [("provider", "import wasi:clocks/wall-clock@0.2.0"), ("plugin", "export more")]
    {
        let to = format!("world {world} {}", added(line));
        assert_eq!(
            compare_replaced_in_0_1_1(&format!("world {world} {{"), &to),
            error(world, line)
        );
    }
}

#[test]
fn only_compatible_versions_are_compared() {
    let present = |version: &str| OLD.replace("data@0.1.0", version);
    assert_eq!(
        check(&present("data@0.1.1"), OLD).unwrap_err().change,
        "the version is older than its snapshot"
    );
    assert_eq!(check(&present("text@0.1.0"), OLD).unwrap_err().change, "the package was renamed");
    // A plugin for 0.1 does not run with 0.2, so 0.2 may change everything.
    assert_eq!(check(OLD, &present("data@0.2.0").replace("{ c, f }", "{ c, f, a }")), Ok(()));
    assert_eq!(check(&present("data@1.0.0"), &present("data@1.1.0")), Ok(()));
}
