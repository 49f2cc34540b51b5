//! A raw HTTP client: every field is the test's, nothing is added but what is needed to be understood.

use crate::support::wait::DEADLINE;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// An answer, whole.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    /// A field's value; `""` without it.
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The session cookie that it sets, as `name=value`.
    pub(super) fn cookie(&self) -> Option<String> {
        let set = self.header("set-cookie");
        let pair = set.split(';').next().unwrap_or_default();
        (!set.is_empty()).then(|| pair.to_owned())
    }

    /// The word that its forms carry.
    pub(super) fn csrf(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A request to be.
#[derive(Debug, Clone)]
pub(super) struct Request {
    address: SocketAddr,
    method: String,
    target: String,
    fields: Vec<(String, String)>,
    body: String,
}

/// GET with the right Host and nothing else.
pub(super) fn get(address: SocketAddr, target: &str) -> Request {
    Request::new(address, "GET", target)
}

/// POST of a form, as a browser sends it from our own page.
pub(super) fn post(address: SocketAddr, target: &str, form: &[(&str, &str)]) -> Request {
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    Request {
        body: pairs.join("&"),
        ..Request::new(address, "POST", target)
    }
    .with("Content-Type", "application/x-www-form-urlencoded")
    .with("Origin", &format!("http://{address}"))
    .with("Sec-Fetch-Site", "same-origin")
}

impl Request {
    pub(super) fn new(address: SocketAddr, method: &str, target: &str) -> Request {
        Request {
            address,
            method: method.to_owned(),
            target: target.to_owned(),
            fields: vec![("Host".to_owned(), address.to_string())],
            body: String::new(),
        }
    }

    /// With this field, instead of one of the same name.
    pub(super) fn with(mut self, name: &str, value: &str) -> Request {
        self = self.without(name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without this field.
    pub(super) fn without(mut self, name: &str) -> Request {
        self.fields.retain(|(field, _)| !field.eq_ignore_ascii_case(name));
        self
    }

    pub(super) fn send(&self) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("the page is served");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len());
        stream.write_all((head + &self.body).as_bytes()).unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).expect("a whole answer");
        answer(&octets)
    }
}

fn answer(octets: &[u8]) -> Answer {
    let split = memchr::memmem::find(octets, b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(octets[..split].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let raw = &octets[split + 4..];
    let chunked = headers
        .iter()
        .any(|field| *field == ("transfer-encoding".to_owned(), "chunked".to_owned()));
    let body = if chunked { whole(raw) } else { raw.to_vec() };
    Answer {
        status,
        headers,
        body: String::from_utf8(body).expect("UTF-8"),
    }
}

/// A body from its chunks.
fn whole(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memmem::find(raw, b"\r\n").expect("a chunk");
        let length = usize::from_str_radix(std::str::from_utf8(&raw[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&raw[end + 2..end + 2 + length]);
        raw = &raw[end + 2 + length + 2..];
    }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
