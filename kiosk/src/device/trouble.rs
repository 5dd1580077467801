//! What a printer says of itself while it works, in the words of the desk.

/// Something at the printer that somebody must put right; those that hold up most come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// A sheet or card is stuck.
    Jam,
    /// A door or cover is open.
    DoorOpen,
    /// No sheet or card is in.
    OutOfPaper,
    /// Toner, ribbon or another supply is used up.
    Ribbon,
    /// It does not answer, or its queue does not reach it.
    Offline,
    /// Somebody or something stopped it.
    Stopped,
    /// Something else.
    Attention,
}

/// Every trouble.
pub const TROUBLES: [Trouble; 7] = [
    Trouble::Jam,
    Trouble::DoorOpen,
    Trouble::OutOfPaper,
    Trouble::Ribbon,
    Trouble::Offline,
    Trouble::Stopped,
    Trouble::Attention,
];

impl Trouble {
    /// Stable word, also the end of its message id.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jam => "jam",
            Self::DoorOpen => "door_open",
            Self::OutOfPaper => "out_of_paper",
            Self::Ribbon => "ribbon",
            Self::Offline => "offline",
            Self::Stopped => "stopped",
            Self::Attention => "attention",
        }
    }

    /// The worst of what `printer-state-reasons` or `job-state-reasons` (RFC 8011, 5.4.12 and 5.3.8) name; `None` if
    /// nothing of it holds up a print. What is only low, or only reported, holds up nothing.
    pub fn worst<'a>(reasons: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        reasons.into_iter().filter_map(Self::of).min()
    }

    fn of(reason: &str) -> Option<Self> {
        if reason.ends_with("-report") {
            return None;
        }
        let reason = reason.strip_suffix("-error").or(reason.strip_suffix("-warning")).unwrap_or(reason);
        match reason {
            "media-jam" => Some(Self::Jam),
            "door-open" | "cover-open" | "interlock-open" => Some(Self::DoorOpen),
            "media-empty" | "media-needed" | "input-tray-missing" => Some(Self::OutOfPaper),
            "toner-empty" | "marker-supply-empty" | "marker-waste-full" | "developer-empty" => {
                Some(Self::Ribbon)
            }
            "connecting-to-device" | "timed-out" | "shutdown" | "offline" => Some(Self::Offline),
            "paused"
            | "moving-to-paused"
            | "stopping"
            | "stopped-partly"
            | "printer-stopped"
            | "printer-stopped-partly"
            | "deactivated" => Some(Self::Stopped),
            "other" | "output-area-full" | "spool-area-full" | "fuser-over-temp" | "output-tray-missing" => {
                Some(Self::Attention)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_printer_says_becomes_the_one_thing_that_holds_it_up_most() {
        for (reasons, expected) in [
            (&["none"][..], None),
            (&["toner-low-warning", "media-low-report"], None),
            (&["media-empty-report"], None),
            (&["media-empty-warning"], Some(Trouble::OutOfPaper)),
            (&["media-needed", "media-jam-error"], Some(Trouble::Jam)),
            (&["marker-supply-empty-error", "cover-open"], Some(Trouble::DoorOpen)),
            (&["paused"], Some(Trouble::Stopped)),
            (&["job-printing", "printer-stopped"], Some(Trouble::Stopped)),
            (&["connecting-to-device", "other"], Some(Trouble::Offline)),
            (&["com.vendor-strange"], None),
        ] {
            assert_eq!(Trouble::worst(reasons.iter().copied()), expected, "{reasons:?}");
        }
    }
}
