//! A server of a test, which answers what the test wants, over TLS or without it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::RedisStore;
use super::credentials::certify;
use crate::RedisOptions;
use crate::stores::redis::upload::provider;

/// A connection to a client.
pub(super) trait Peer: Read + Write {}

impl<T: Read + Write> Peer for T {}

/// Returns a store that believes a listener to be a server.
///
/// `answer` writes the replies to everything but the login, and returns whether the connection
/// stays open.
pub(super) fn false_server(answer: impl Fn(&mut dyn Peer) -> bool + Send + 'static) -> RedisStore {
    let address = serve(|socket| socket, answer);
    RedisStore::connect(&format!("redis://{address}"), "test").unwrap()
}

/// Like [`false_server`], over TLS.
pub(super) fn false_server_with_tls(
    answer: impl Fn(&mut dyn Peer) -> bool + Send + 'static,
) -> RedisStore {
    let folder = TempDir::new().unwrap();
    certify(folder.path());
    let [key, certificate] =
        ["key.pem", "certificate.pem"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(&certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(&key).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    let accept =
        move |socket| StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
    let address = serve(accept, answer);
    let options = RedisOptions::new(&format!("rediss://{address}"), "test").unwrap();
    options.certificates(certificate).connect().unwrap()
}

/// Starts to serve in a thread, and returns the address.
fn serve<P: Peer>(
    accept: impl Fn(TcpStream) -> P + Send + 'static,
    answer: impl Fn(&mut dyn Peer) -> bool + Send + 'static,
) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = move || {
        let mut openings = 0;
        for connection in listener.incoming() {
            let Ok(connection) = connection else { return };
            let mut connection = accept(connection);
            let mut buffer = vec![0; 1 << 16];
            // The second connection is the one that the store is opened with.
            openings += 1;
            let honest: &[&[u8]] =
                if openings == 2 { &[b"+OK\r\n", b"+none\r\n"] } else { &[b"+OK\r\n"] };
            let mut honest = honest.iter();
            while connection.read(&mut buffer).is_ok_and(|count| count > 0) {
                let goes_on = match honest.next() {
                    Some(reply) => connection.write_all(reply).is_ok(),
                    None => answer(&mut connection),
                };
                if !goes_on {
                    break;
                }
            }
        }
    };
    thread::spawn(serve);
    address
}
