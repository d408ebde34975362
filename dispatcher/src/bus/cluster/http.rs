//! One forwarded connection: an HTTP request of LKP's wget or curl, and its answer in plain text.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request as HttpRequest, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::exchange::{Answer, Seat};
use super::hub::{Hub, LONG_POLL};
use super::request::{self, PATH, Request};

/// How long a client may take for its request line and headers.
const HEADERS: Duration = Duration::from_secs(30);
/// How large they may be: hyper's least.
const LARGEST: usize = 8 * 1024;
/// How long a connection may last, whatever happens on it.
const CONNECTION: Duration = LONG_POLL.saturating_add(Duration::from_secs(50));

/// Answers one request of the member. A connection that breaks is its other end's matter.
pub(super) async fn serve<S>(stream: S, hub: &Hub, seat: Seat)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let answer =
        service_fn(async |request| Ok::<_, Infallible>(respond(hub, seat, &request).await));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(LARGEST)
        // One request each: LKP's clients end after it.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    let _ = tokio::time::timeout(CONNECTION, connection).await;
}

async fn respond(hub: &Hub, seat: Seat, http: &HttpRequest<Incoming>) -> Response<Full<Bytes>> {
    if http.uri().path() != PATH {
        return text(
            StatusCode::NOT_FOUND,
            format!("only {PATH} is answered here\n"),
        );
    }
    if http.method() != Method::GET {
        let mut response = text(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET is answered here\n",
        );
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("GET"));
        return response;
    }
    let query = http.uri().query().unwrap_or_default();
    let name = &hub.member(seat).name;
    match request::read(query, hub.name(), name) {
        Ok(Request::Say(saying)) if hub.say(seat, saying) => text(StatusCode::OK, "ok\n"),
        Ok(Request::Say(_)) => text(
            StatusCode::BAD_REQUEST,
            format!("{name} runs no case of this cluster now\n"),
        ),
        Ok(Request::Wait(wait)) => text(StatusCode::OK, word(hub.ask(seat, wait).await)),
        Ok(Request::Addresses) => text(StatusCode::OK, hub.addresses().to_owned()),
        Err(what) => {
            hub.nonsense(seat, &what);
            text(StatusCode::BAD_REQUEST, what + "\n")
        }
    }
}

/// As LKP's `wait_cluster_state` knows it.
fn word(answer: Option<Answer>) -> &'static str {
    match answer {
        Some(Answer::Ready) => "ready\n",
        Some(Answer::Finish) => "finish\n",
        Some(Answer::Abort) => "abort\n",
        None => "retry\n",
    }
}

fn text(status: StatusCode, words: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(words.into()));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests;
