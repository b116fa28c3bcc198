//! The limit of the host on all resources of a plugin, which its resources of WASI reach too.

use filemap_host::CtxBuilder;

use super::console;
use super::host::Plugin;
use super::support::folders::Folders;

const COMMANDS: &str =
    "wasi-hold work/bytes.bin 20\nopen work/bytes.bin r\nrelease\nopen work/bytes.bin r\n";

const IS_FULL: &str = "ErrorCode::LimitExceeded: the limit of the host on all resources of the \
                       plugin (`set_max_capacity` of its `ResourceTable`) is reached: drop some \
                       first";

#[test]
fn a_full_table_is_an_error_of_the_first_call_too() {
    let folders = Folders::new();
    let mut is_full = false;
    // How many resources a program has of WASI before its first command is WASI's matter.
    for max in 20..50 {
        let mut plugin = Plugin::console(console(), &folders, &CtxBuilder::new(), COMMANDS);
        plugin.store.data_mut().table.set_max_capacity(max);
        let ended = plugin.run();
        let output = plugin.output();
        let printed: Vec<_> = output.lines().collect();
        let Some(("ok", printed)) = printed.split_first().map(|(first, rest)| (*first, rest))
        else {
            assert!(ended.is_err(), "WASI traps: {output}");
            continue;
        };
        assert_eq!(ended.unwrap(), 0, "{output}");
        is_full |= printed[0] == IS_FULL;
        assert!(["ok", IS_FULL].contains(&printed[0]), "{output}");
        assert_eq!(printed[1..], ["ok", "ok"]);
    }
    assert!(is_full);
}
