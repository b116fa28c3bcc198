//! What a component imports and exports.

use wasmparser::component_types::ComponentEntityType;
use wasmparser::{Parser, Payload, Validator};

/// The names of what a component imports and exports.
#[derive(Debug)]
pub(crate) struct Interface {
    /// In their order, each instance with the names of the functions in it.
    pub(crate) imports: Vec<(String, Vec<String>)>,
    /// In their order.
    pub(crate) exports: Vec<String>,
}

impl Interface {
    /// Reads a component, which must be a valid one.
    pub(crate) fn of(component: &[u8]) -> Self {
        let types = Validator::new().validate_all(component).expect("it is valid");
        let functions = |import: &str| match types
            .component_item_for_import(import)
            .expect("it is imported")
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
        // How many components the parser is in: what those inside import is met within this one.
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.expect("it is valid") {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 1 => {
                    let names =
                        section.into_iter().map(|import| import.expect("it is valid").name.name);
                    interface.imports.extend(names.map(|name| (name.to_owned(), functions(name))));
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    let names = section
                        .into_iter()
                        .map(|export| export.expect("it is valid").name.name.to_owned());
                    interface.exports.extend(names);
                }
                _ => {}
            }
        }
        interface
    }

    /// The names of what it imports of this package.
    pub(crate) fn imports_of(&self, package: &str) -> Vec<&str> {
        self.imports
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with(package))
            .collect()
    }
}
