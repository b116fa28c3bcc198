//! The command `filemap`, for the tests.

fn main() -> std::process::ExitCode {
    filemap_cli::main()
}
