//! Passwords, users, and TLS.

use std::path::Path;
use std::process::Command;

use filemap::error::ErrorCode;
use tempfile::TempDir;

use super::server::RedisServer;
use super::{WRITE, names, open, try_open};
use crate::interrupter::Interrupter;
use crate::{RedisOptions, RedisStore};

const SECRET: &str = "open-sesame";

fn options(server: &RedisServer) -> RedisOptions {
    RedisOptions::new(&server.url(), "test").unwrap()
}

#[test]
fn a_password_is_needed_and_appears_in_no_message() {
    let server = RedisServer::with(&format!("--requirepass {SECRET}"));
    let url = format!("redis://:{SECRET}@{}", server.host());
    for store in [
        options(&server).credentials(None, SECRET).connect().unwrap(),
        options(&server).credentials(Some("default"), SECRET).connect().unwrap(),
        RedisStore::connect(&url, "test").unwrap(),
    ] {
        open(&store).set("key", &[b"value".to_vec()]).unwrap();
        assert!(!format!("{store:?}").contains(SECRET));
    }
    for wrong in [
        options(&server),
        options(&server).credentials(None, "open-sesame-2"),
        options(&server).credentials(Some("sesame-user"), SECRET),
    ] {
        assert!(!format!("{wrong:?}").contains("sesame"));
        let error = wrong.connect().unwrap_err().to_string();
        assert!(error.contains("does not allow it"), "{error}");
        assert!(!error.contains("sesame"), "{error}");
    }
}

#[test]
fn a_user_without_permission_is_access_denied_without_its_name() {
    let server = RedisServer::with("");
    let rules = ["ACL", "SETUSER", "sesame-user", "on", "nopass", "~*", "+@all", "-set"];
    assert_eq!(server.cli(&rules), "OK");
    let store = options(&server).credentials(Some("sesame-user"), "any").connect().unwrap();
    let store = open(&store);
    let error = store.set("key", &[b"value".to_vec()]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccessDenied);
    assert!(!error.message().contains("sesame"), "{error}");
    assert!(names(&server).is_empty(), "nothing of the transaction has happened");
}

/// Makes a key and a certificate of `127.0.0.1` in a folder.
pub(super) fn certify(folder: &Path) {
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .output()
        .expect("`openssl` is there: run `apt-get install openssl`");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_store_is_used_over_tls_if_its_certificate_is_valid() {
    let [folder, other] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    certify(folder.path());
    certify(other.path());
    let [certificate, wrong] = [&folder, &other]
        .map(|folder| std::fs::read(folder.path().join("certificate.pem")).unwrap());
    let server = RedisServer::within(
        folder,
        "--port 0 --tls-port PORT --tls-auth-clients no --tls-cert-file certificate.pem \
         --tls-key-file key.pem --tls-ca-cert-file certificate.pem",
    );
    let options = |host: &str| RedisOptions::new(&format!("rediss://{host}"), "test").unwrap();
    let store = options(&server.host()).certificates(certificate.clone()).connect().unwrap();
    let store = try_open(&store, WRITE, &Interrupter::new()).unwrap();
    let long = super::long_value(7);
    store.set("key", std::slice::from_ref(&long)).unwrap();
    assert!(store.get("key").unwrap() == Some(long.clone()));
    let mut reader = store.reader_from("key", 1).unwrap().unwrap();
    assert!(reader.read(u64::MAX).unwrap() == long[1..]);
    // The certificate is of another authority, or of another host.
    let elsewhere = server.host().replace("127.0.0.1", "localhost");
    for invalid in [
        options(&server.host()).certificates(wrong),
        options(&server.host()),
        options(&elsewhere).certificates(certificate),
    ] {
        assert!(invalid.connect().is_err());
    }
    assert!(options(&server.host()).certificates("no PEM").connect().is_err());
}
