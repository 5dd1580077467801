//! What stands on a person's queue ticket, in both languages.

use super::view::PersonView;
use crate::core::roster::Bilingual;
use crate::device::escpos::Slip;
use crate::text::{Lang, Texts};
use shared::time::Instant;

/// The ticket of a person who has a number; `None` for somebody without one.
pub(super) fn slip(person: &PersonView, point: &Bilingual, link: Option<&str>, now: Instant) -> Option<Slip> {
    let number = format!("{:03}", person.number?);
    let mut lines = vec![person.name.clone()];
    for (lang, room) in [(Lang::Zh, &person.room_zh), (Lang::En, &person.room_en)] {
        let t = Texts::new(lang);
        lines.push(t.two("kiosk-ticket-where", "room", room, "seat", person.seat.to_string()));
        lines.push(match person.ahead.unwrap_or_default() {
            0 => t.say("kiosk-progress-first"),
            ahead => t.one("kiosk-ticket-ahead", "count", ahead.to_string()),
        });
        lines.extend(person.wait.map(|wait| t.one("kiosk-ticket-wait", "time", wait.words(&t))));
    }
    lines.push(Texts::new(Lang::Zh).say("kiosk-ticket-wait-for"));
    lines.push(now.minute_in_china());
    Some(Slip {
        head: point.zh.clone(),
        number,
        lines,
        link: link.map(str::to_owned),
        link_words: Texts::new(Lang::Zh).say("kiosk-ticket-scan"),
    })
}
