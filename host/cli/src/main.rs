//! The command `filemap`.

fn main() -> std::process::ExitCode {
    filemap_cli::main()
}
