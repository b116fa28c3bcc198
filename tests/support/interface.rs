//! The imports and exports of a component.

use wasmparser::component_types::ComponentEntityType;
use wasmparser::{Parser, Payload, Validator};

/// The names of the imports and exports of a component.
#[derive(Debug)]
pub(crate) struct Interface {
    /// In declaration order, each with the names of its functions if it is an instance.
    pub(crate) imports: Vec<(String, Vec<String>)>,
    /// In declaration order.
    pub(crate) exports: Vec<String>,
}

impl Interface {
    /// Reads a component, and panics if it is invalid.
    pub(crate) fn of(component: &[u8]) -> Self {
        let types = Validator::new().validate_all(component).expect("the component is valid");
        let functions = |import: &str| match types
            .component_item_for_import(import)
            .expect("the component imports it")
            .ty
        {
            ComponentEntityType::Instance(id) => {
                let items = types[id].exports.iter();
                let functions =
                    items.filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)));
                functions.map(|(name, _)| name.clone()).collect()
            }
            _ => Vec::new(),
        };

        let mut interface = Self { imports: Vec::new(), exports: Vec::new() };
        // The nesting depth of the parser. The imports of inner components are not collected.
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.expect("the component is valid") {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 1 => {
                    let names = section
                        .into_iter()
                        .map(|import| import.expect("the component is valid").name.name);
                    interface.imports.extend(names.map(|name| (name.to_owned(), functions(name))));
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    let names = section
                        .into_iter()
                        .map(|export| export.expect("the component is valid").name.name.to_owned());
                    interface.exports.extend(names);
                }
                _ => {}
            }
        }
        interface
    }

    /// Returns the names of the imports that begin with `package`.
    pub(crate) fn imports_of(&self, package: &str) -> Vec<&str> {
        self.imports
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with(package))
            .collect()
    }
}
