//! Reading a component: the sizes of its sections, and of the functions of the module that its code
//! is in.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// What a component weighs, in bytes.
///
/// Of its modules one has the code; others, small ones, connect it with what it imports.
#[derive(Debug)]
pub(super) struct Component {
    /// The module with the code.
    pub(super) module: Module,
    /// The sections of names and the like around the modules.
    custom: usize,
    /// The rest: types, and how imports, modules and exports are connected.
    around: usize,
}

/// What a module weighs, in bytes.
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
    /// As the compiler mangles it; empty if the module has no names.
    pub(super) name: String,
    /// The bytes of its body.
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
        // The parser has gone through the modules too.
        custom -= module.custom;
        Ok(Self { custom, around: bytes.len() - code.len() - custom, module })
    }

    /// What is not a function, part by part.
    pub(super) fn rest(&self) -> [(&'static str, usize); 4] {
        [
            ("data: constants and texts", self.module.data),
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
        // Imported functions come first in the index.
        for (index, function) in module.functions.iter_mut().enumerate() {
            function.name = names.remove(&(imported + index)).unwrap_or_default();
        }
        Ok(module)
    }
}

/// The bytes of the largest module in a component.
fn largest_module(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let mut largest: Option<&[u8]> = None;
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ModuleSection { unchecked_range, .. } = payload? {
            let range =
                usize::try_from(unchecked_range.start)?..usize::try_from(unchecked_range.end)?;
            let module =
                bytes.get(range).context("a module reaches behind the end of the component")?;
            largest = largest.filter(|largest| largest.len() >= module.len()).or(Some(module));
        }
    }
    Ok(largest)
}

/// The names in a section of names, by the index of the function.
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
