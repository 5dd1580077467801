//! Seats as the page at the seat behaves: one request at a time, answers numbered without gaps.

use crate::Outcome;
use crate::load::Line;
use crate::ready;
use crate::times::Times;
use crate::world;
use serde_json::Value;
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A seat with its connection.
pub struct Seat {
    /// Number of the examinee, from 1.
    pub number: u32,
    /// Answers saved.
    pub saved: u64,
    token: String,
    line: Line,
}

/// What a seat asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The key of the paper.
    Open,
    /// The next answer.
    Answer,
    /// What an answer would send, and nothing is done.
    Line,
    /// Whether everything is as it was.
    State,
    /// The end.
    HandIn,
}

impl Seat {
    /// Opens a connection and sits down.
    pub async fn enter(address: SocketAddr, number: u32) -> Outcome<Self> {
        let mut line = Line::open(address).await?;
        let reply = line.call("POST", "/api/v1/seat/enter", "none", &ready::enter(number)).await?;
        let entered: Value = serde_json::from_slice(reply.body)?;
        let token = entered.get("token").and_then(Value::as_str).ok_or_else(|| entered.to_string())?;
        Ok(Self { number, saved: 0, token: token.to_owned(), line })
    }

    /// Asks one thing.
    pub async fn call(&mut self, call: Call) -> Outcome<()> {
        let seq = self.saved + 1;
        let position = self.saved % u64::from(world::QUESTIONS) + 1;
        let (method, path, body) = match call {
            Call::Open => ("POST", "/api/v1/seat/open".to_owned(), String::new()),
            Call::Answer | Call::Line => {
                let what = if call == Call::Answer { "answers" } else { "line" };
                let body = format!("{{\"seq\":{seq},\"choice\":\"A\"}}");
                ("PUT", format!("/api/v1/seat/{what}/{position}"), body)
            }
            Call::State => ("GET", format!("/api/v1/seat/state?has={}", self.saved), String::new()),
            Call::HandIn => {
                ("POST", "/api/v1/seat/hand-in".to_owned(), format!("{{\"last_seq\":{}}}", self.saved))
            }
        };
        let reply = self.line.call(method, &path, &self.token, &body).await?;
        if reply.status != 200 {
            let said = String::from_utf8_lossy(reply.body);
            return Err(format!("{path} of {}: {} {said}", self.number, reply.status).into());
        }
        if call == Call::Answer {
            self.saved += 1;
        }
        Ok(())
    }

    /// Asks the same so many times, without a pause.
    pub async fn rounds(mut self, call: Call, rounds: usize) -> Outcome<(Self, Times)> {
        let mut times = Times::default();
        for _ in 0..rounds {
            let begun = Instant::now();
            self.call(call).await?;
            times.since(begun);
        }
        Ok((self, times))
    }

    /// Waits a while that depends on who and what, up to twice `mean`.
    pub async fn pause(&self, what: u64, mean: Duration) {
        let mut mixed = (u64::from(self.number) << 32 | what).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let share = f64::from(u32::try_from(mixed >> 33).unwrap_or(0)) / f64::from(u32::MAX >> 1);
        tokio::time::sleep(mean.mul_f64(2.0 * share)).await;
    }
}

/// Lets all seats do their work at the same time.
pub async fn together<F>(seats: Vec<Seat>, work: impl Fn(Seat) -> F) -> Outcome<(Vec<Seat>, Times)>
where
    F: Future<Output = Outcome<(Seat, Times)>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for seat in seats {
        running.spawn(work(seat));
    }
    let (mut all, mut times) = (Vec::new(), Times::default());
    while let Some(done) = running.join_next().await {
        let (seat, own) = done??;
        times.add(own);
        all.push(seat);
    }
    Ok((all, times))
}
