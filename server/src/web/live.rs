//! Live pages: a stream that says when something was written, so that a page fetches its part then and not by the clock.
//! It says nothing about what was written; the page that is fetched decides what whoever looks may see.

use super::page::Visitor;
use crate::app::App;
use actix_web::http::header::{CACHE_CONTROL, ContentEncoding};
use actix_web::rt::time::{sleep, timeout};
use actix_web::web::{self, Bytes, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::unfold;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch::Receiver;

/// Seconds of silence after which a sign of life is sent, so that a line that was cut is found.
const BEAT: Duration = Duration::from_secs(15);

/// Messages after which a browser has to ask again, and be admitted again.
const MESSAGES: u32 = 40;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/live", web::get().to(stream));
}

#[derive(Deserialize)]
struct Pace {
    /// Seconds between two messages at least.
    every: Option<u64>,
    /// Number of the newest event that the page knew of when it was read.
    after: Option<i64>,
}

/// How far a stream has come.
struct Line {
    newest: Receiver<i64>,
    /// Number of the newest event that was told.
    told: i64,
    pause: Duration,
    sent: u32,
    rest: bool,
}

async fn stream(app: Data<App>, request: HttpRequest, _visitor: Visitor, pace: Query<Pace>) -> HttpResponse {
    let newest = app.db.newest();
    // A browser that asks again says by itself what it was told last.
    let last = request.headers().get("last-event-id").and_then(|v| v.to_str().ok()?.parse().ok());
    let told = last.or(pace.after).unwrap_or_else(|| *newest.borrow());
    let pause = Duration::from_secs(pace.every.unwrap_or(2).clamp(1, 60));
    let line = Line { newest, told, pause, sent: 0, rest: false };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Compressed it would be held back until there is enough of it.
        .insert_header(ContentEncoding::Identity)
        .streaming(unfold(line, next))
}

/// The next message: at first how long to wait before asking again, then one for all that was written since the last.
async fn next(mut line: Line) -> Option<(Result<Bytes, Infallible>, Line)> {
    let message = match line.sent {
        0 => "retry: 3000\n\n".to_owned(),
        MESSAGES.. => return None,
        _ => {
            if line.rest {
                sleep(line.pause).await;
            }
            match timeout(BEAT, line.newest.wait_for(|seq| *seq > line.told)).await {
                Ok(Ok(seq)) => {
                    line.told = *seq;
                    format!("id: {seq}\nevent: written\ndata: 1\n\n", seq = *seq)
                }
                Ok(Err(_)) => return None,
                Err(_) => ": \n\n".to_owned(),
            }
        }
    };
    line.rest = message.starts_with("id");
    line.sent += 1;
    Some((Ok(Bytes::from(message)), line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::watch;

    async fn said(line: Line) -> (String, Line) {
        let (message, line) = next(line).await.unwrap();
        (String::from_utf8(message.unwrap().to_vec()).unwrap(), line)
    }

    #[actix_web::test]
    async fn what_was_written_since_the_page_was_read_is_told_once_and_a_closed_database_ends_the_stream() {
        let (tell, newest) = watch::channel(7);
        let line = Line { newest, told: 6, pause: Duration::ZERO, sent: 0, rest: false };
        let (message, line) = said(line).await;
        assert!(message.starts_with("retry:"), "{message}");
        let (message, line) = said(line).await;
        assert_eq!(message, "id: 7\nevent: written\ndata: 1\n\n", "before the stream began");
        tell.send_replace(8);
        tell.send_replace(9);
        let (message, line) = said(line).await;
        assert!(message.starts_with("id: 9\nevent: written"), "{message}");
        drop(tell);
        assert!(next(line).await.is_none());
    }
}
