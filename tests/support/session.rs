//! A process with which a test exchanges lines, such as a plugin under `filemap run`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// The process, which is killed when the session is dropped.
pub(crate) struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Session {
    /// Starts the command. Its standard error is the test's.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        Self { stdin: child.stdin.take(), child, stdout }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the next line of output, or `None` at its end. An incomplete last line is dropped.
    pub(crate) fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the output is UTF-8");
        line.strip_suffix('\n').map(str::to_owned)
    }

    /// Returns the next line of output.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        self.next_line().expect("the plugin prints a line; its standard error is above")
    }

    /// Writes a line to the plugin.
    #[track_caller]
    pub(crate) fn tell(&mut self, line: &str) {
        let mut stdin = self.stdin.as_ref().expect("standard input is open until `finish`");
        writeln!(stdin, "{line}").expect("the plugin reads its standard input");
    }

    /// Writes a line to the plugin, and returns the line that it answers.
    #[track_caller]
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.line()
    }

    /// Closes standard input, waits for the process to exit, and asserts that it succeeded.
    #[track_caller]
    pub(crate) fn finish(mut self) {
        self.stdin = None;
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// Waits until the process exits by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Kills the process by `SIGKILL` and waits for it.
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Both calls fail if the process has exited.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
