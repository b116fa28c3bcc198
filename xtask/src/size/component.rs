//! The sizes of a component's sections, and of the functions in its main module.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// The sizes of a component, in bytes.
///
/// The largest of its modules has the code. Small ones connect it with the imports.
#[derive(Debug)]
pub(super) struct Component {
    /// The module with the code.
    pub(super) module: Module,
    /// The custom sections outside of the modules.
    custom: usize,
    /// The rest: types, and the instantiation of imports, modules and exports.
    around: usize,
}

/// The sizes of a module, in bytes.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) functions: Vec<Function>,
    data: usize,
    custom: usize,
    /// The rest: types, imports, exports, tables.
    rest: usize,
}

/// A function of a module.
#[derive(Debug)]
pub(super) struct Function {
    /// The mangled name; empty if the module has no names.
    pub(super) name: String,
    /// The size of its body in bytes.
    pub(super) size: usize,
}

impl Component {
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let code = largest_module(bytes)?.context("the component has no module")?;
        let module = Module::read(code)?;
        let mut custom = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            if let Payload::CustomSection(section) = payload? {
                custom += section.data().len();
            }
        }
        // The parser descends into the modules.
        custom -= module.custom;
        Ok(Self { custom, around: bytes.len() - code.len() - custom, module })
    }

    /// Returns the sizes of everything but functions, by part.
    pub(super) fn rest(&self) -> [(&'static str, usize); 4] {
        [
            ("data: constants and strings", self.module.data),
            ("custom sections: producers", self.module.custom + self.custom),
            ("module: types, imports, exports, tables", self.module.rest),
            ("component around the module", self.around),
        ]
    }
}

impl Module {
    fn read(bytes: &[u8]) -> Result<Self> {
        let mut module = Self::default();
        let mut imported = 0;
        let mut names = HashMap::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let size = payload
                .as_section()
                .map_or(Ok(0), |(_, range)| usize::try_from(range.end - range.start))?;
            match payload {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    module
                        .functions
                        .push(Function { name: String::new(), size: body.as_bytes().len() });
                }
                Payload::DataSection(_) => module.data = size,
                Payload::CustomSection(section) => {
                    module.custom += section.data().len();
                    if let KnownCustom::Name(section) = section.as_known() {
                        names = function_names(section)?;
                    }
                }
                _ => {}
            }
        }
        let functions: usize = module.functions.iter().map(|function| function.size).sum();
        module.rest = bytes.len() - functions - module.data - module.custom;
        // Imported functions have the first indices.
        for (index, function) in module.functions.iter_mut().enumerate() {
            function.name = names.remove(&(imported + index)).unwrap_or_default();
        }
        Ok(module)
    }
}

/// Returns the bytes of the largest module in a component.
fn largest_module(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let mut largest: Option<&[u8]> = None;
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ModuleSection { unchecked_range, .. } = payload? {
            let range =
                usize::try_from(unchecked_range.start)?..usize::try_from(unchecked_range.end)?;
            let module =
                bytes.get(range).context("a module extends past the end of the component")?;
            largest = largest.filter(|largest| largest.len() >= module.len()).or(Some(module));
        }
    }
    Ok(largest)
}

/// Returns the names in a name section, by function index.
fn function_names(section: NameSectionReader<'_>) -> Result<HashMap<usize, String>> {
    let mut names = HashMap::new();
    for map in section {
        if let Name::Function(map) = map? {
            for naming in map {
                let naming = naming?;
                names.insert(usize::try_from(naming.index)?, naming.name.to_owned());
            }
        }
    }
    Ok(names)
}
