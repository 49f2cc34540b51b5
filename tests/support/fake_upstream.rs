//! A provider that we play: it records every octet, and misbehaves as its [`Script`] says.

use super::dialogue;
use super::pki::server_config;
use super::script::{Fault, Phase, Script, ServerTls};
use super::wait::eventually;
use rustls::ServerConfig;
use std::collections::HashMap;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The running server. Ends on drop, with all its connections.
pub(crate) struct FakeUpstream {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    state: Arc<State>,
}

/// Everything about one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    /// Octets received, as they came from the socket.
    pub(crate) wire: Vec<u8>,
    /// Octets received, TLS taken off.
    pub(crate) clear: Vec<u8>,
    /// Command lines, without their ends. Lines of content are not commands.
    pub(crate) commands: Vec<String>,
    /// Mails that were received whole, accepted or not.
    pub(crate) mails: Vec<Received>,
    /// User and password of each AUTH PLAIN or LOGIN.
    pub(crate) credentials: Vec<(String, String)>,
    /// Whether TLS was made.
    pub(crate) tls: bool,
    /// Octets that had come with STARTTLS before the answer to it.
    pub(crate) after_starttls: Vec<u8>,
    /// Whether the connection is over.
    pub(crate) ended: bool,
}

/// A mail that was received whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// The MAIL line.
    pub(crate) mail: String,
    /// The RCPT lines.
    pub(crate) recipients: Vec<String>,
    /// The content, dots taken off.
    pub(crate) octets: Vec<u8>,
    /// Whether the answer was 2xx.
    pub(crate) accepted: bool,
}

/// What the connections share.
pub(super) struct State {
    pub(super) script: Script,
    /// Faults that took the place of the script's.
    faults: Mutex<Option<Vec<(Phase, Fault)>>>,
    pub(super) tls: Option<Arc<ServerConfig>>,
    sessions: Mutex<Vec<Arc<Mutex<Session>>>>,
    /// A second handle of each open connection, to end it with the server.
    pub(super) sockets: Mutex<HashMap<usize, TcpStream>>,
    stopped: AtomicBool,
}

impl FakeUpstream {
    /// Starts it.
    pub(crate) fn start(script: Script) -> FakeUpstream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let tls = match &script.tls {
            ServerTls::None => None,
            ServerTls::Implicit(certificate) | ServerTls::StartTls(certificate) => Some(server_config(certificate)),
        };
        let state = Arc::new(State {
            script,
            faults: Mutex::default(),
            tls,
            sessions: Mutex::default(),
            sockets: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&state);
        std::thread::spawn(move || accept(&listener, &for_thread));
        FakeUpstream { port, state }
    }

    /// From now on these are its faults. Those within the content stay as the script has them.
    pub(crate) fn misbehave(&self, faults: &[(Phase, Fault)]) {
        *self.state.faults.lock().unwrap() = Some(faults.to_vec());
    }

    /// Mails that came whole, whatever was answered.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.sessions().into_iter().flat_map(|session| session.mails).collect()
    }

    /// All connections so far.
    pub(crate) fn sessions(&self) -> Vec<Session> {
        let sessions: Vec<_> = self.state.sessions.lock().unwrap().clone();
        sessions.iter().map(|session| session.lock().unwrap().clone()).collect()
    }

    /// Waits until no connection is open any more, then gives all.
    pub(crate) fn all_ended(&self) -> Vec<Session> {
        eventually("the connections to the provider to end", || {
            let sessions = self.sessions();
            sessions.iter().all(|session| session.ended).then_some(sessions)
        })
    }

    /// Mails that it accepted.
    pub(crate) fn accepted(&self) -> Vec<Received> {
        let sessions: Vec<_> = self.state.sessions.lock().unwrap().clone();
        let mails = |session: &Arc<Mutex<Session>>| {
            let session = session.lock().unwrap();
            session
                .mails
                .iter()
                .filter(|mail| mail.accepted)
                .cloned()
                .collect::<Vec<_>>()
        };
        sessions.iter().flat_map(mails).collect()
    }

    /// Takes out the mails that it accepted, so that the next call gives those that came since.
    pub(crate) fn take_accepted(&self) -> Vec<Received> {
        let sessions: Vec<_> = self.state.sessions.lock().unwrap().clone();
        let taken = |session: &Arc<Mutex<Session>>| {
            let mut session = session.lock().unwrap();
            session.wire.clear();
            session.clear.clear();
            std::mem::take(&mut session.mails)
        };
        sessions.iter().flat_map(taken).filter(|mail| mail.accepted).collect()
    }
}

impl State {
    /// What goes wrong at a phase, if anything.
    pub(super) fn fault(&self, phase: Phase) -> Option<Fault> {
        match &*self.faults.lock().unwrap() {
            Some(faults) => faults
                .iter()
                .find(|(at, _)| *at == phase)
                .map(|(_, fault)| fault.clone()),
            None => self.script.fault(phase).cloned(),
        }
    }
}

impl Drop for FakeUpstream {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        for socket in self.state.sockets.lock().unwrap().values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for socket in listener.incoming().flatten() {
        if state.stopped.load(Ordering::SeqCst) {
            return;
        }
        let session = Arc::new(Mutex::new(Session::default()));
        let number = {
            let mut sessions = state.sessions.lock().unwrap();
            sessions.push(Arc::clone(&session));
            sessions.len()
        };
        state
            .sockets
            .lock()
            .unwrap()
            .insert(number, socket.try_clone().unwrap());
        let state = Arc::clone(state);
        std::thread::spawn(move || {
            dialogue::serve(socket, &state, &session, number);
            state.sockets.lock().unwrap().remove(&number);
            session.lock().unwrap().ended = true;
        });
    }
}
