//! Live pages: a stream that says when something was written, so that a page fetches its part then and not by the clock.
//! It says nothing about what was written; the page that is fetched decides what whoever looks may see.

use super::page::Visitor;
use crate::app::App;
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ContentEncoding};
use actix_web::rt::time::{sleep, timeout};
use actix_web::web::{self, Bytes, Data, Query, ServiceConfig};
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
}

/// How far a stream has come.
struct Line {
    commits: Receiver<u64>,
    pause: Duration,
    sent: u32,
    rest: bool,
}

async fn stream(app: Data<App>, _visitor: Visitor, pace: Query<Pace>) -> HttpResponse {
    let pause = Duration::from_secs(pace.every.unwrap_or(2).clamp(1, 60));
    let line = Line { commits: app.db.commits(), pause, sent: 0, rest: false };
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
        0 => "retry: 3000\n\n",
        MESSAGES.. => return None,
        _ => {
            if line.rest {
                sleep(line.pause).await;
            }
            match timeout(BEAT, line.commits.changed()).await {
                Ok(Ok(())) => "event: written\ndata: 1\n\n",
                Ok(Err(_)) => return None,
                Err(_) => ": \n\n",
            }
        }
    };
    line.rest = message.starts_with("event");
    line.sent += 1;
    Some((Ok(Bytes::from_static(message.as_bytes())), line))
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
    async fn what_was_written_is_told_once_and_a_closed_database_ends_the_stream() {
        let (count, commits) = watch::channel(0);
        let (message, line) = said(Line { commits, pause: Duration::ZERO, sent: 0, rest: false }).await;
        assert!(message.starts_with("retry:"), "{message}");
        count.send_modify(|n| *n += 1);
        count.send_modify(|n| *n += 1);
        let (message, line) = said(line).await;
        assert!(message.starts_with("event: written\ndata:"), "{message}");
        drop(count);
        assert!(next(line).await.is_none());
    }
}
