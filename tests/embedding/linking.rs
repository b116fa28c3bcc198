//! The interfaces that an embedder links.

use std::collections::BTreeSet;
use std::fs;

use filemap_host::LinkOptions;
use wasmtime::Engine;
use wit_parser::Resolve;

use super::host::{FORMS, Plugin, State, compile, linker, prepare};
use super::support::folders::Folders;
use super::support::interface::Interface;
use super::support::programs::{program, root};

/// Test programs that import all functions together.
const PROGRAMS: [&str; 2] = ["contract", "mapping"];

#[test]
fn every_function_of_the_contract_is_linked_in_both_forms() {
    let mut resolve = Resolve::default();
    resolve.push_dir(root().join("wit")).unwrap();
    let mut wanted = BTreeSet::new();
    for (id, interface) in &resolve.interfaces {
        let name = resolve.id_of(id).unwrap();
        if name.starts_with("filemap:data/") {
            wanted.extend(interface.functions.keys().map(|it| (name.clone(), it.clone())));
        }
    }
    let mut imported = BTreeSet::new();
    for name in PROGRAMS {
        let interface = Interface::of(&fs::read(program(name)).unwrap());
        for (import, functions) in interface.imports {
            if import.starts_with("filemap:data/") {
                imported.extend(functions.into_iter().map(|it| (import.clone(), it)));
            }
        }
    }
    assert_eq!(imported, wanted, "the functions that the programs import, and those of the WIT");

    let engine = Engine::default();
    for form in FORMS {
        for name in PROGRAMS {
            // Wasmtime compares the name and the type of each import.
            _ = prepare(&engine, form, name);
        }
    }
}

#[test]
fn every_function_of_keyvalue_is_linked_in_both_forms_if_the_embedder_asks_for_it() {
    let mut resolve = Resolve::default();
    resolve.push_dir(root().join("wit-keyvalue")).unwrap();
    let mut wanted = BTreeSet::new();
    for name in ["store", "atomics", "batch"].map(|it| format!("wasi:keyvalue/{it}@0.2.0-draft")) {
        let of_name = |it: &_| resolve.id_of(*it).is_some_and(|id| id == name);
        let (id, _) = resolve.interfaces.iter().find(|(id, _)| of_name(id)).unwrap();
        let functions = resolve.interfaces[id].functions.keys();
        wanted.extend(functions.map(|it| (name.clone(), it.clone())));
    }
    let interface = Interface::of(&fs::read(program("keyvalue")).unwrap());
    let imports = interface.imports.into_iter().filter(|(it, _)| it.starts_with("wasi:keyvalue/"));
    let imported: BTreeSet<_> = imports
        .flat_map(|(name, functions)| functions.into_iter().map(move |it| (name.clone(), it)))
        .collect();
    assert_eq!(imported, wanted, "the functions that the program imports, and those of the WIT");

    let engine = Engine::default();
    let plugin = compile(&engine, "keyvalue");
    for form in FORMS {
        let with = linker(&engine, form, &LinkOptions::new().keyvalue(true));
        assert!(with.instantiate_pre(&plugin).is_ok(), "{form:?}");
        let without = linker(&engine, form, &LinkOptions::new());
        let Err(refused) = without.instantiate_pre(&plugin) else { panic!("it was linked") };
        assert!(format!("{refused:?}").contains("wasi:keyvalue/store@0.2.0-draft"), "{refused:?}");
    }
}

#[test]
fn a_plugin_gets_the_interfaces_that_its_embedder_chose() {
    let engine = Engine::default();
    let stores_only = LinkOptions::new().array(false).mapping(false).descriptors(false).bulk(false);
    let (stores, arrays) = (compile(&engine, "many"), compile(&engine, "console"));
    for form in FORMS {
        let linker = linker(&engine, form, &stores_only);
        let folders = Folders::new();
        fs::create_dir(folders.work().join("store")).unwrap();
        let prepared = linker.instantiate_pre(&stores).unwrap();
        let mut plugin = Plugin::with_arguments(&prepared, &folders, &["many", "0"]);
        assert_eq!(plugin.run_in(form).unwrap(), 0, "{form:?}");
        assert_eq!(plugin.output(), "found\n", "{form:?}");

        let Err(refused) = linker.instantiate_pre(&arrays) else { panic!("it was linked") };
        assert!(format!("{refused:?}").contains("filemap:data/array@0.1.0"), "{refused:?}");
    }
}

#[test]
fn an_interface_cannot_be_added_twice() {
    let engine = Engine::default();
    for form in FORMS {
        let mut linker = linker(&engine, form, &LinkOptions::new());
        let view = |_: &mut State| unreachable!("no function is called");
        let added = filemap_host::add_to_linker_with(&mut linker, &LinkOptions::new(), view);
        let message = format!("{:?}", added.unwrap_err());
        assert!(message.contains("defined twice"), "{message}");
    }
}
