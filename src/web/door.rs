//! What a request must be before any page sees it, and what every answer says.
//!
//! Any page in any browser on this machine can send requests here. Another site's name that is made to point here (DNS
//! rebinding) shows in Host; another site's page shows in Sec-Fetch-Site and Origin, and has no session cookie, which is
//! SameSite=Strict; a form of ours carries a word that only the session knows ([`posted`](super::posted)).

use super::app::App;
use super::error::PageError;
use super::session::Session;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;

/// How long a request may take until its answer begins.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
    frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What a mail's own HTML may do in its frame: show itself and the pictures it brings along.
pub(super) const FRAME_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Runs around every request.
pub(super) async fn keep(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let answer = match check(&app, &request) {
        Err(refused) => refused.into_response(),
        Ok(()) => {
            let cookie = cookie(request.headers(), &app.cookie);
            if let Some(session) = cookie.and_then(|cookie| app.sessions.find(cookie, app.now())) {
                request.extensions_mut().insert(session);
            }
            // A form that trickles in must not keep its place for ever. What is streamed has begun by then.
            match tokio::time::timeout(LONGEST_WAIT, next.run(request)).await {
                Ok(answer) => answer,
                Err(_) => PageError::too_slow().into_response(),
            }
        }
    };
    dressed(answer)
}

/// Runs around every request that needs somebody to be signed in.
pub(super) async fn signed_in(request: Request, next: Next) -> Response {
    if request.extensions().get::<Session>().is_some() {
        return next.run(request).await;
    }
    // A link in a mail program's window is another site's to the browser, which then keeps the cookie back. The page
    // asked for once more from here has it.
    if is_navigation(request.headers()) && site(request.headers()) == Some("cross-site") {
        return PageError::once_more(request.uri()).into_response();
    }
    PageError::not_signed_in().into_response()
}

fn check(app: &App, request: &Request) -> Result<(), PageError> {
    let headers = request.headers();
    let host = only(headers, header::HOST).filter(|host| app.hosts.iter().any(|own| own == host));
    let Some(host) = host else {
        return Err(PageError::other_host());
    };
    // A target in absolute form has an authority of its own, which goes before Host (RFC 9112 §3.2.2).
    if request
        .uri()
        .authority()
        .is_some_and(|authority| authority.as_str() != host)
    {
        return Err(PageError::other_host());
    }
    match *request.method() {
        Method::GET | Method::HEAD => check_read(headers),
        Method::POST => check_write(headers, host),
        _ => Err(PageError::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "Not like this",
            "Pages are read with GET and decided on with POST.",
        )),
    }
}

/// Other sites may lead here, and nothing else.
fn check_read(headers: &HeaderMap) -> Result<(), PageError> {
    match site(headers) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if is_navigation(headers) => Ok(()),
        Some(_) => Err(PageError::other_site()),
    }
}

/// Browsers say with every POST where it comes from.
fn check_write(headers: &HeaderMap, host: &str) -> Result<(), PageError> {
    let own = format!("http://{host}");
    let origin = only(headers, header::ORIGIN) == Some(own.as_str());
    let site = matches!(site(headers), None | Some("same-origin"));
    if origin && site {
        Ok(())
    } else {
        Err(PageError::other_site())
    }
}

fn site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or("odd"))
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name: &str, what: &str| headers.get(name).is_some_and(|value| value == what);
    says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document")
}

/// A field's value, if the field stands there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// What the browser brings as session cookie. Another program on 127.0.0.1 may see it if the browser goes there; where the
/// system tells whose a connection is, it is of no use to other users.
fn cookie<'h>(headers: &'h HeaderMap, called: &str) -> Option<&'h str> {
    let fields = headers.get_all(header::COOKIE).iter();
    let pairs = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'));
    let mut named = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == called);
    named.next().map(|(_, value)| value)
}

/// The cookie of a session that begins, or, empty, of one that ends.
pub(super) fn set_cookie(app: &App, value: &str) -> String {
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{end}", app.cookie)
}

/// Puts on what every answer says. Referrer-Policy is `same-origin`: with `no-referrer` browsers send `Origin: null` with
/// our own forms, and nothing here leads to another site.
fn dressed(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_form_must_come_from_here() {
        let host = "127.0.0.1:8465";
        let own = ("origin", "http://127.0.0.1:8465");
        let fine = |fields: &[_]| check_write(&headers(fields), host).is_ok();
        assert!(fine(&[own]) && fine(&[own, ("sec-fetch-site", "same-origin")]));
        for fields in [
            vec![],
            vec![("origin", "null")],
            vec![("origin", "http://127.0.0.1:8466")],
            vec![("origin", "https://127.0.0.1:8465")],
            vec![("origin", "http://localhost:8465")],
            vec![own, own],
            vec![own, ("sec-fetch-site", "same-site")],
            vec![own, ("sec-fetch-site", "cross-site")],
            vec![own, ("sec-fetch-site", "none")],
        ] {
            assert!(!fine(&fields), "{fields:?}");
        }
    }

    #[test]
    fn other_sites_may_lead_here_and_nothing_else() {
        let read = |fields: &[_]| check_read(&headers(fields)).is_ok();
        let cross = ("sec-fetch-site", "cross-site");
        assert!(read(&[]) && read(&[("sec-fetch-site", "none")]));
        assert!(!read(&[cross]) && !read(&[("sec-fetch-site", "same-site")]));
        let leads = [cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert!(read(&leads));
        assert!(!read(&[
            cross,
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe")
        ]));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(
            cookie(&headers(&[("cookie", "a=b; youward=x; c=d")]), "youward"),
            Some("x")
        );
        assert_eq!(
            cookie(&headers(&[("cookie", "a=b"), ("cookie", "youward=y")]), "youward"),
            Some("y")
        );
        assert_eq!(cookie(&headers(&[("cookie", "notyouward=x")]), "youward"), None);
    }
}
