//! What failed openings leave.

use super::*;
use crate::files::registered_reservations;
use crate::pages::in_child::in_child;

#[test]
fn failed_openings_leave_nothing_in_memory() {
    let test = "failed_openings_leave_nothing_in_memory";
    let status = in_child(module_path!(), test, || {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("key#0"), b"").unwrap();
        let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
        for _ in 0..1000 {
            let refused = plugin_error(plugin.try_open("d", true).expect_err("it has a key"));
            assert!(matches!(refused.code, ErrorCode::LimitExceeded), "{refused:?}");
        }
        assert_eq!(registered_reservations(), 0);
        assert_eq!((plugin.index_used(), plugin.files_used()), (0, 0));
    });
    assert!(status.is_none_or(|status| status.success()));
}
