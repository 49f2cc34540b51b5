//! What goes wrong, and what the client is told of it.

use super::raw::Raw;
use super::{before, port};
use crate::support::ports;
use crate::support::youward::Youward;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

/// A Youward before a provider that the test plays.
fn played() -> (Youward, TcpListener) {
    let provider = TcpListener::bind("127.0.0.1:0").unwrap();
    let youward = before(provider.local_addr().unwrap().port(), "none", "", "").start();
    (youward, provider)
}

fn meet(youward: &Youward, provider: &TcpListener) -> (Raw, TcpStream) {
    let client = Raw::connect(port(youward, "none"));
    let (mut server, _) = provider.accept().unwrap();
    server.write_all(b"* PREAUTH hi\r\n").unwrap();
    (client, server)
}

#[test]
fn a_provider_that_can_not_be_reached_is_told_in_words() {
    let youward = before(ports::free(), "none", "", "").start();
    let mut client = Raw::connect(port(&youward, "none"));
    let line = client.line();
    assert!(
        line.starts_with("* BYE [UNAVAILABLE] The mailboxes' server localhost:"),
        "{line}"
    );
    assert!(client.rest().is_empty());
}

#[test]
fn a_provider_that_goes_takes_the_client_along() {
    let (youward, provider) = played();
    // Between responses there is a word of farewell; in the middle of a literal it would be taken for mail.
    for (said, last) in [
        (
            &b"* 1 EXISTS\r\n"[..],
            "* 1 EXISTS\r\n* BYE [UNAVAILABLE] The provider's server closed the connection\r\n",
        ),
        (b"* 1 FETCH (BODY[] {100}\r\nhalf", "* 1 FETCH (BODY[] {100}\r\nhalf"),
        (b"* BYE tired\r\n", "* BYE tired\r\n"),
    ] {
        let (mut client, mut server) = meet(&youward, &provider);
        client.line();
        server.write_all(said).unwrap();
        drop(server);
        assert_eq!(String::from_utf8_lossy(&client.rest()), last);
    }
}

#[test]
fn a_client_that_goes_takes_the_provider_along() {
    let (youward, provider) = played();
    let (mut client, server) = meet(&youward, &provider);
    client.line();
    client.say("a APPEND Drafts {100+}\r\nhalf");
    drop(client);
    let mut heard = Vec::new();
    std::io::Read::read_to_end(&mut { server }, &mut heard).unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), "a APPEND Drafts {100+}\r\nhalf");
}

#[test]
fn both_may_speak_at_once_without_end() {
    let (youward, provider) = played();
    let (mut client, mut server) = meet(&youward, &provider);
    client.line();
    // More than all buffers on the way hold, both ways, and nobody reads before all is said.
    const MUCH: usize = 20 * 1024 * 1024;
    let mut reader = BufReader::new(server.try_clone().unwrap());
    client.say(format!("a APPEND Sent {{{MUCH}+}}\r\n"));
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let speaks = std::thread::spawn(move || {
        server
            .write_all(format!("* 1 FETCH (BODY[] {{{MUCH}}}\r\n").as_bytes())
            .unwrap();
        server.write_all(&vec![b'x'; MUCH]).unwrap();
        server
    });
    let hears = std::thread::spawn(move || {
        let mut octets = vec![0; MUCH];
        std::io::Read::read_exact(&mut reader, &mut octets).unwrap();
        octets
    });
    client.say(vec![b'y'; MUCH]);
    client.line();
    assert!(client.octets(MUCH) == vec![b'x'; MUCH]);
    assert!(hears.join().unwrap() == vec![b'y'; MUCH]);
    speaks.join().unwrap().shutdown(Shutdown::Both).unwrap();
}

#[test]
fn an_orderly_stop_says_goodbye() {
    let (youward, provider) = played();
    let (mut client, mut server) = meet(&youward, &provider);
    client.line();
    client.say("a IDLE\r\n");
    let mut line = String::new();
    BufReader::new(server.try_clone().unwrap())
        .read_line(&mut line)
        .unwrap();
    server.write_all(b"+ idling\r\n").unwrap();
    client.line();
    youward.stop();
    assert_eq!(client.line(), "* BYE Youward is being stopped; try again in a minute");
    assert!(client.rest().is_empty());
}

#[test]
fn a_provider_that_goes_in_the_middle_of_a_literal_for_it_is_told() {
    let (youward, provider) = played();
    for announced in ["{100+}", "{100}"] {
        let (mut client, mut server) = meet(&youward, &provider);
        client.line();
        client.say(format!("a APPEND Sent {announced}\r\n"));
        let mut reader = BufReader::new(server.try_clone().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if announced == "{100}" {
            server.write_all(b"+ go on\r\n").unwrap();
            assert_eq!(client.line(), "+ go on");
        }
        client.say("half");
        let mut half = [0; 4];
        std::io::Read::read_exact(&mut reader, &mut half).unwrap();
        drop((server, reader));
        assert_eq!(
            client.line(),
            "* BYE [UNAVAILABLE] The provider's server closed the connection"
        );
        assert!(client.rest().is_empty());
    }
}

#[test]
fn a_client_that_goes_in_the_middle_of_a_literal_for_it_takes_the_provider_along() {
    let (youward, provider) = played();
    let (mut client, mut server) = meet(&youward, &provider);
    client.line();
    server.write_all(b"* 1 FETCH (BODY[] {100}\r\nhalf").unwrap();
    client.line();
    assert_eq!(client.octets(4), b"half");
    drop(client);
    let mut heard = Vec::new();
    std::io::Read::read_to_end(&mut { server }, &mut heard).unwrap();
    assert!(heard.is_empty());
}
