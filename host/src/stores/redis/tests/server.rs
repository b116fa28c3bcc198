//! A Redis server for one test: `redis-server` of the system, on a loopback port, with its files in
//! a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The number of ports that are tried. Another program can take a port before the server does.
const TRIES: u32 = 8;

/// The settings of every server. Its append-only file has every change of a reply.
const SETTINGS: &str =
    "--bind 127.0.0.1 --daemonize no --save '' --appendonly yes --appendfsync always";

/// A running server. Dropping it stops the server.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    settings: String,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server with an append-only file that is synced for each change.
    pub(crate) fn start() -> Self {
        Self::with("")
    }

    /// Starts a server with further settings; later ones replace earlier ones. `PORT` is its port.
    pub(crate) fn with(settings: &str) -> Self {
        Self::within(TempDir::new().unwrap(), settings)
    }

    /// Starts a server in a folder, to whose files the settings may refer.
    pub(crate) fn within(folder: TempDir, settings: &str) -> Self {
        for _ in 0..TRIES {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            drop(listener);
            if let Some(child) = spawn(folder.path(), port, settings) {
                return Self { child, port, settings: settings.into(), folder };
            }
        }
        panic!("no port is free for `redis-server`");
    }

    /// The address, as a part of a URL.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.host())
    }

    /// Ends the server by `SIGKILL`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the server again, on the same port and files.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(self.folder.path(), self.port, &self.settings)
            .expect("the port of the server is still free");
    }

    /// Stops the server's process, so that it takes connections but answers nothing, or lets it go
    /// on.
    pub(crate) fn signal(&self, signal: &str) {
        let number = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &number]).status().unwrap();
        assert!(status.success());
    }

    /// Runs a command of `redis-cli` and returns what it prints.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(arguments).output();
        let output = output.expect("`redis-cli` is there: run `apt-get install redis-server`");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().into()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // After `kill`, nothing is left to be ended.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Starts a server, and waits until it accepts connections. Returns `None` if its port is taken.
fn spawn(folder: &Path, port: u16, settings: &str) -> Option<Child> {
    // A shell splits the settings into words, and is replaced by the server.
    let settings = settings.replace("PORT", &port.to_string());
    let line = format!("exec redis-server {SETTINGS} --port {port} {settings}");
    let mut child = Command::new("sh")
        .args(["-c", &line])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        if line.contains("Ready to accept connections") {
            // The server prints more, which somebody must read.
            std::thread::spawn(move || lines.for_each(drop));
            return Some(child);
        }
        printed.push_str(&line);
        printed.push('\n');
    }
    child.wait().unwrap();
    let is_taken = printed.contains("Address already in use");
    assert!(
        is_taken,
        "`redis-server` does not start (run `apt-get install redis-server`): {printed}"
    );
    None
}
