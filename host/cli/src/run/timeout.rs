//! The option `--timeout`.

use std::io::{self, Write as _};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::TIMEOUT;

/// The time that the message may take to be written.
const PATIENCE: Duration = Duration::from_secs(1);

/// Ends this process after `limit`, unless it has ended before.
///
/// Epochs and fuel of Wasmtime would end WebAssembly code, but no host function. Ending the process
/// ends both, and a store survives the end of its process at any point.
pub(super) fn start(limit: Duration, name: &str) -> io::Result<()> {
    let name = name.to_owned();
    thread::Builder::new().name("timeout".into()).spawn(move || {
        thread::sleep(limit);
        // If standard error is a pipe that is full, the message is never written.
        let (written, wait) = mpsc::channel();
        thread::spawn(move || {
            let seconds = limit.as_secs_f64();
            _ = writeln!(
                io::stderr(),
                "the plugin `{name}` was ended: it ran longer than {seconds} s (`--timeout`)"
            );
            written.send(())
        });
        _ = wait.recv_timeout(PATIENCE);
        std::process::exit(TIMEOUT.into());
    })?;
    Ok(())
}
