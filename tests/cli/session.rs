//! A plugin under `filemap run` that a test talks to, line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// The process. It ends with the test, however that ends.
pub(crate) struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Session {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        Self { stdin: child.stdin.take(), child, stdout }
    }

    /// The number of the process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it prints, or `None` where it has ended. Half a line is none.
    pub(crate) fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it prints UTF-8");
        line.strip_suffix('\n').map(str::to_owned)
    }

    /// The next line that it prints.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        self.next_line().expect("it goes on; what it says on standard error stands above")
    }

    /// Writes a line to it.
    #[track_caller]
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.stdin.as_ref().expect("it is open until the end"), "{line}")
            .expect("it reads");
    }

    /// Writes a line to it, and waits for the line that it answers.
    #[track_caller]
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.line()
    }

    /// Ends its standard input, and waits until it has ended itself, well.
    #[track_caller]
    pub(crate) fn finish(mut self) {
        self.stdin = None;
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// Kills it, without any chance to put something in order, and waits until it is gone.
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may be gone.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
