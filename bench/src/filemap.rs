//! The command `filemap`, for the benchmark of whole processes. Cargo does not build the programs
//! of other packages for a test.

use std::process::ExitCode;

fn main() -> ExitCode {
    filemap_cli::main()
}
