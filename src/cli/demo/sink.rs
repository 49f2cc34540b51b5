//! The provider and the recipient in the demo's play: a small SMTP server that keeps what it gets.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// Content of the mails received, in order.
#[derive(Clone, Default)]
pub(super) struct Sink {
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Sink {
    /// Starts to listen on a free loopback port.
    pub(super) async fn start() -> io::Result<(Sink, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let sink = Sink::default();
        let accepting = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = accepting.clone();
                tokio::spawn(async move { sink.session(stream).await });
            }
        });
        Ok((sink, address))
    }

    pub(super) fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn session(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufStream::new(stream);
        say(&mut stream, "220 mx.demo.example ESMTP").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    say(
                        &mut stream,
                        "250-mx.demo.example\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250 8BITMIME",
                    )
                    .await?
                }
                "DATA" => {
                    say(&mut stream, "354 End data with <CR><LF>.<CR><LF>").await?;
                    let content = content(&mut stream).await?;
                    let octets = content.len();
                    self.received
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(content);
                    say(&mut stream, &format!("250 2.0.0 Delivered, {octets} octets")).await?;
                }
                "QUIT" => return say(&mut stream, "221 2.0.0 Bye").await,
                "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP" => say(&mut stream, "250 2.0.0 Ok").await?,
                _ => say(&mut stream, "502 5.5.1 Not in this play").await?,
            }
        }
    }
}

async fn say(stream: &mut BufStream<TcpStream>, reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Lines until the lone dot, dots unstuffed.
async fn content(stream: &mut BufStream<TcpStream>) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let start = content.len();
        if stream.read_until(b'\n', &mut content).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if content.get(start..) == Some(b".\r\n") {
            content.truncate(start);
            return Ok(content);
        }
        if content.get(start) == Some(&b'.') {
            content.remove(start);
        }
    }
}
