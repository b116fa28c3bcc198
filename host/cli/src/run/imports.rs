//! Imports that `filemap run` does not provide, such as `wasi:http`.
//!
//! Tools for some languages build plugins that import more than the program uses. So a missing
//! function is an error when it is called, and not when the plugin starts.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType};
use wasmtime::{Engine, Result, bail};

use crate::composition::is_provided;
use crate::host::WASI;

/// A resource of a missing interface. There are none: each function that would make one traps.
struct MissingResource;

/// Defines each function and each resource that the component imports and the linker does not have.
/// Such a function traps, with its name.
pub(super) fn define_missing<T: 'static>(
    linker: &mut Linker<T>,
    engine: &Engine,
    component: &Component,
) -> Result<()> {
    let mut missing = Missing { engine, known: Vec::new() };
    for (name, import) in component.component_type().imports(engine) {
        // The check has compared these with what is provided.
        if !is_provided(name) {
            missing.define(&mut linker.root(), &provided_name(name), name, &import.ty)?;
        }
    }
    Ok(())
}

struct Missing<'a> {
    engine: &'a Engine,
    /// The resources of the imports so far. If a later interface has one of them, it means the
    /// same resource, which the linker finds by itself.
    known: Vec<ResourceType>,
}

impl Missing<'_> {
    /// Defines an item under a name. `path` is its full name in messages.
    fn define<T: 'static>(
        &mut self,
        linker: &mut LinkerInstance<'_, T>,
        name: &str,
        path: &str,
        item: &ComponentItem,
    ) -> Result<()> {
        match item {
            ComponentItem::ComponentFunc(_) => {
                let path = path.to_owned();
                // The error is that the function is defined already.
                _ = linker.func_new(name, move |_, _, _, _| {
                    bail!("it called `{path}`, which `filemap run` does not provide")
                });
            }
            ComponentItem::Resource(resource) if !self.known.contains(resource) => {
                self.known.push(*resource);
                let missing = ResourceType::host::<MissingResource>();
                _ = linker.resource(name, missing, |_, _| Ok(()));
            }
            ComponentItem::ComponentInstance(instance) => {
                let mut linker = linker.instance(name)?;
                for (name, item) in instance.exports(self.engine) {
                    self.define(&mut linker, name, &format!("{path}#{name}"), &item.ty)?;
                }
            }
            // Types and known resources need no definition. The check has refused the rest.
            _ => {}
        }
        Ok(())
    }
}

/// Returns the name under which the linker has an import, if it has it. Functions that are missing
/// in WASI are defined under this name too.
fn provided_name(name: &str) -> String {
    match name.split_once("@0.2.") {
        // A draft, such as 0.2.0-draft2, is compatible with nothing else.
        Some((interface, rest)) if interface.starts_with("wasi:") && !rest.contains('-') => {
            format!("{interface}@{WASI}")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host;

    /// If `wasmtime-wasi` had another version, functions that trap would hide its own.
    #[test]
    fn the_version_of_wasi_is_that_of_wasmtime_wasi() {
        let engine = Engine::default();
        let mut linker = host::linker::<()>(&engine, true).unwrap();
        for (interface, function) in [
            ("cli/environment", "get-arguments"),
            ("clocks/wall-clock", "now"),
            ("filesystem/preopens", "get-directories"),
            ("io/streams", "[method]input-stream.read"),
            ("random/random", "get-random-u64"),
            ("sockets/network", "[resource-drop]network"),
        ] {
            let name = provided_name(&format!("wasi:{interface}@0.2.0"));
            let mut instance = linker.instance(&name).unwrap();
            let error = match function.strip_prefix("[resource-drop]") {
                Some(resource) => {
                    let missing = ResourceType::host::<MissingResource>();
                    instance.resource(resource, missing, |_, _| Ok(())).unwrap_err()
                }
                None => instance.func_new(function, |_, _, _, _| Ok(())).unwrap_err(),
            };
            assert!(error.to_string().contains("defined twice"), "{name}: {error}");
        }
    }

    #[test]
    fn only_names_of_wasi_are_changed() {
        assert_eq!(provided_name("wasi:http/types@0.2.3"), format!("wasi:http/types@{WASI}"));
        let draft = "wasi:keyvalue/store@0.2.0-draft2";
        for name in ["wasi:cli/run@0.3.0", "a:b/c@0.2.3", "function", draft] {
            assert_eq!(provided_name(name), name);
        }
    }
}
