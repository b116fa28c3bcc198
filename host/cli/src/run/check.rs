//! The check of a plugin before it is compiled, which takes a minute for plugins in some languages.
//!
//! It reads the types of the component. So `filemap run` refuses at once what could not start, and
//! says what to do about it.

use std::collections::HashSet;

use anyhow::{Context as _, Result, bail, ensure};
use filemap_component::KEYVALUE_COMPONENT;
use wac_graph::types::{
    DefinedType, FuncType, ItemKind, Package, SubtypeChecker, Types, ValueType,
    are_semver_compatible,
};

use crate::composition::{OTHER_FORM, is_provided};

/// The interface that a program exports, and that `filemap run` calls.
const RUN: &str = "wasi:cli/run@0.2.0";

/// The first bytes of every component.
const COMPONENT_HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

/// A component whose imports and exports fit.
pub(super) struct Checked(Package);

impl Checked {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Checks that `filemap run` can start this component.
pub(super) fn check(name: &str, bytes: Vec<u8>) -> Result<Checked> {
    ensure!(
        bytes.starts_with(COMPONENT_HEADER),
        "failed to load `{name}`: it is not a component; build it for the target wasm32-wasip2"
    );
    let mut types = Types::default();
    let plugin = Package::from_bytes("filemap:plugin", None, bytes, &mut types)
        .with_context(|| format!("failed to load `{name}`: it is damaged"))?;
    check_exports(&types, &plugin)
        .and_then(|()| check_imports(&mut types, &plugin))
        .with_context(|| format!("failed to start `{name}`"))?;
    Ok(Checked(plugin))
}

fn check_exports(types: &Types, plugin: &Package) -> Result<()> {
    let exports = &types[plugin.ty()].exports;
    for (name, kind) in exports {
        if are_semver_compatible(name, RUN) && is_run(types, *kind) {
            return Ok(());
        }
    }
    let names: Vec<_> = exports.keys().map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    bail!(
        "it is not a program: it does not export the function `run` of `{RUN}`; build a program, \
         such as one with a `main` in Rust or C, or for the world `command` of `filemap wit` (it \
         exports: {names})"
    )
}

/// Whether this is the interface with the function `run: func() -> result`.
fn is_run(types: &Types, kind: ItemKind) -> bool {
    let ItemKind::Instance(interface) = kind else { return false };
    let Some(&ItemKind::Func(function)) = types[interface].exports.get("run") else { return false };
    let FuncType { params, result, is_async } = &types[function];
    let Some(ValueType::Defined(result)) = result.map(|result| types.resolve_value_type(result))
    else {
        return false;
    };
    let result = &types[result];
    params.is_empty() && !is_async && matches!(result, DefinedType::Result { ok: None, err: None })
}

/// Checks the imports that no function that traps can stand for: those of filemap in another form,
/// and those that are not functions.
fn check_imports(types: &mut Types, plugin: &Package) -> Result<()> {
    let imports: Vec<_> =
        types[plugin.ty()].imports.iter().map(|(name, kind)| (name.clone(), *kind)).collect();
    for (name, kind) in &imports {
        check_kind(types, name, *kind)?;
    }
    if !imports.iter().any(|(name, _)| is_provided(name)) {
        return Ok(());
    }
    // The interfaces of the native provider are those of the portable one.
    let provider = Package::from_bytes("filemap:provider", None, KEYVALUE_COMPONENT, types)?;
    let provided = &types[provider.ty()].exports;
    let mut cache = HashSet::new();
    let mut checker = SubtypeChecker::new(&mut cache);
    for (name, kind) in imports.iter().filter(|(name, _)| is_provided(name)) {
        let fits = provided
            .iter()
            .find(|(provided, _)| are_semver_compatible(provided, name))
            .is_some_and(|(_, found)| checker.is_subtype(*found, types, *kind, types).is_ok());
        if !fits {
            bail!("it imports `{name}`, {OTHER_FORM}");
        }
    }
    Ok(())
}

/// Checks that an import consists of functions and types.
fn check_kind(types: &Types, name: &str, kind: ItemKind) -> Result<()> {
    match kind {
        ItemKind::Type(_) | ItemKind::Func(_) => Ok(()),
        ItemKind::Instance(interface) => types[interface]
            .exports
            .iter()
            .try_for_each(|(item, kind)| check_kind(types, &format!("{name}#{item}"), *kind)),
        ItemKind::Component(_) | ItemKind::Module(_) | ItemKind::Value(_) => bail!(
            "it imports the {} `{name}`, which `filemap run` does not provide; compose it with \
             one that does",
            kind.desc(types)
        ),
    }
}
