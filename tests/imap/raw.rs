//! A mail client that says exactly what a test wants, in the clear or under TLS.

use crate::support::wait::DEADLINE;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// One connection.
pub(super) struct Raw {
    stream: BufReader<Box<dyn Stream>>,
}

impl Raw {
    /// In the clear; the greeting is unread.
    pub(super) fn connect(port: u16) -> Raw {
        Raw {
            stream: BufReader::new(Box::new(socket(port))),
        }
    }

    /// Under TLS, trusting what is in the file.
    pub(super) fn connect_tls(port: u16, ca: &Path) -> Raw {
        Raw {
            stream: BufReader::new(Box::new(secured(socket(port), ca))),
        }
    }

    /// By STARTTLS after the greeting, said in the clear.
    pub(super) fn connect_starttls(port: u16, ca: &Path) -> (String, Raw) {
        let socket = socket(port);
        let mut clear = BufReader::new(socket.try_clone().unwrap());
        let mut greeting = String::new();
        clear.read_line(&mut greeting).unwrap();
        (&socket).write_all(b"s STARTTLS\r\n").unwrap();
        let mut answer = String::new();
        clear.read_line(&mut answer).unwrap();
        assert!(answer.starts_with("s OK"), "{answer}");
        assert!(clear.buffer().is_empty());
        let raw = Raw {
            stream: BufReader::new(Box::new(secured(socket, ca))),
        };
        (greeting, raw)
    }

    pub(super) fn say(&mut self, octets: impl AsRef<[u8]>) {
        let stream = self.stream.get_mut();
        stream.write_all(octets.as_ref()).unwrap();
        stream.flush().unwrap();
    }

    /// The next line, without its end; empty at the end of the connection.
    pub(super) fn line(&mut self) -> String {
        let mut line = Vec::new();
        // A peer may end TLS without a word.
        let _ = self.stream.read_until(b'\n', &mut line);
        String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()
    }

    /// All lines up to the one that begins so, which is the last.
    pub(super) fn until(&mut self, start: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "no line {start:?} after {lines:?}");
            let last = line.starts_with(start);
            lines.push(line);
            if last {
                return lines;
            }
        }
    }

    pub(super) fn octets(&mut self, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.stream.read_exact(&mut octets).unwrap();
        octets
    }

    /// What comes until the connection ends.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }
}

fn socket(port: u16) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

fn secured(socket: TcpStream, ca: &Path) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    for certificate in rustls::pki_types::CertificateDer::pem_file_iter(ca).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket)
}
