//! Frames of the protocol: `AA AA AA 96 69`, a length of two bytes (big-endian; it counts all that follows it), the
//! body, and one byte that makes the exclusive or over length, body and itself zero. The body of an order is a command
//! and a parameter, that of a reply three status bytes and data.

use thiserror::Error;

/// With this every frame begins.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// Bytes of a frame before its body.
const BEFORE_BODY: usize = PREAMBLE.len() + 2;
/// Least length of a reply: three status bytes and the check.
const SHORTEST: usize = 4;
/// Greatest length of a reply: status, three lengths, text, picture, fingerprint, check. More is no frame but rubbish.
const LONGEST: usize = 3 + 6 + 256 + 1024 + 1024 + 1;

/// What the host asks of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Look for a card.
    Find,
    /// Select the card that was found.
    Select,
    /// Read text and picture of the card that was selected.
    Read,
}

/// What the reader says.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its outcome.
    pub outcome: Outcome,
    /// What comes with it; personal data when a card was read.
    pub data: Vec<u8>,
}

/// The three status bytes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// `00 00 9F`: there is a card.
    Found,
    /// `00 00 90`: done.
    Done,
    /// Anything else.
    Fault(Fault),
}

/// Why the reader did not do it, as the protocol names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// `80`.
    #[error("there is no card")]
    NoCard,
    /// `81`.
    #[error("the card cannot be selected")]
    NotSelected,
    /// `10`.
    #[error("the reader got an order with a wrong check")]
    Check,
    /// `11`.
    #[error("the reader got an order of wrong length")]
    Length,
    /// `21`.
    #[error("the reader does not know the order")]
    Order,
    /// `23`.
    #[error("the reader may not do that")]
    NotAllowed,
    /// `24`.
    #[error("the reader has a fault that it does not name")]
    Unnamed,
    /// `31`.
    #[error("the card does not accept the reader's module")]
    ModuleRefused,
    /// `32`.
    #[error("the reader's module does not accept the card")]
    CardRefused,
    /// `33`.
    #[error("what is on the card cannot be verified")]
    NotVerified,
    /// `40`.
    #[error("this is a card of another kind")]
    OtherCard,
    /// `41`.
    #[error("the card cannot be read")]
    ReadFailed,
    /// `47`.
    #[error("the card gives no random number")]
    NoRandom,
    /// `60`.
    #[error("the reader's module failed its self-test")]
    SelfTest,
    /// `66`.
    #[error("the reader's module is not licensed")]
    NotLicensed,
    /// `91`.
    #[error("the card holds nothing of that")]
    Nothing,
    /// Status bytes that the protocol does not name.
    #[error("the reader answers {0:02X?}")]
    Other([u8; 3]),
}

/// Takes what comes over the line, in pieces of any size, and gives the frames in it. What is no frame is passed over:
/// rubbish, a frame that was cut, one whose check is wrong. A whole frame behind such a piece is found all the same.
#[derive(Default)]
pub struct Decoder {
    held: Vec<u8>,
}

/// What bytes begin with.
enum Beginning {
    Nothing,
    /// A frame of which more has to come.
    Part,
    /// A frame of so many bytes.
    Whole(Reply, usize),
}

impl Order {
    /// The frame that is sent.
    #[must_use]
    pub fn frame(self) -> Vec<u8> {
        framed(match self {
            Self::Find => &[0x20, 0x01],
            Self::Select => &[0x20, 0x02],
            Self::Read => &[0x30, 0x01],
        })
    }

    /// Whether a reply can be that to this order. A line that doubles frames gives the reply to the last order once
    /// more after the next one was sent.
    #[must_use]
    pub fn is_answered_by(self, reply: &Reply) -> bool {
        let holds_text = reply.data.len() >= super::card::LEAST;
        match (self, reply.outcome) {
            (_, Outcome::Fault(_)) => true,
            (Self::Find, outcome) => outcome == Outcome::Found,
            (Self::Select, outcome) => outcome == Outcome::Done && !holds_text,
            (Self::Read, outcome) => outcome == Outcome::Done && holds_text,
        }
    }
}

/// A frame around a body. A body of more than 65,534 bytes does not fit; its length would be cut.
#[must_use]
pub fn framed(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len().saturating_add(1)).unwrap_or(u16::MAX).to_be_bytes();
    let check = length.iter().chain(body).fold(0, |sum, byte| sum ^ byte);
    let mut frame = PREAMBLE.to_vec();
    frame.extend_from_slice(&length);
    frame.extend_from_slice(body);
    frame.push(check);
    frame
}

impl Decoder {
    /// Takes what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Forgets what came so far.
    pub fn clear(&mut self) {
        self.held.clear();
    }

    /// The next whole frame, if one has come. Holds back no more than one frame's length of what has not been given.
    pub fn take(&mut self) -> Option<Reply> {
        let mut unfinished = None;
        for at in 0..self.held.len() {
            match self.held.get(at..).map_or(Beginning::Nothing, beginning) {
                Beginning::Whole(reply, length) => {
                    self.held.drain(..at.saturating_add(length));
                    return Some(reply);
                }
                Beginning::Part => unfinished = unfinished.or(Some(at)),
                Beginning::Nothing => {}
            }
        }
        self.held.drain(..unfinished.unwrap_or(self.held.len()));
        None
    }
}

fn beginning(bytes: &[u8]) -> Beginning {
    let head = bytes.get(..PREAMBLE.len()).unwrap_or(bytes);
    if !PREAMBLE.starts_with(head) {
        return Beginning::Nothing;
    }
    let Some([high, low]) = bytes.get(PREAMBLE.len()..BEFORE_BODY) else { return Beginning::Part };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Beginning::Nothing;
    }
    let Some(checked) = bytes.get(PREAMBLE.len()..BEFORE_BODY + length) else { return Beginning::Part };
    if checked.iter().fold(0, |sum, byte| sum ^ byte) != 0 {
        return Beginning::Nothing;
    }
    match checked {
        [_, _, one, two, three, data @ .., _] => {
            let reply = Reply { outcome: Outcome::of([*one, *two, *three]), data: data.to_vec() };
            Beginning::Whole(reply, BEFORE_BODY + length)
        }
        _ => Beginning::Nothing,
    }
}

impl Outcome {
    /// What three status bytes say.
    #[must_use]
    pub const fn of(bytes: [u8; 3]) -> Self {
        Self::Fault(match bytes {
            [0, 0, 0x9F] => return Self::Found,
            [0, 0, 0x90] => return Self::Done,
            [0, 0, 0x80] => Fault::NoCard,
            [0, 0, 0x81] => Fault::NotSelected,
            [0, 0, 0x10] => Fault::Check,
            [0, 0, 0x11] => Fault::Length,
            [0, 0, 0x21] => Fault::Order,
            [0, 0, 0x23] => Fault::NotAllowed,
            [0, 0, 0x24] => Fault::Unnamed,
            [0, 0, 0x31] => Fault::ModuleRefused,
            [0, 0, 0x32] => Fault::CardRefused,
            [0, 0, 0x33] => Fault::NotVerified,
            [0, 0, 0x40] => Fault::OtherCard,
            [0, 0, 0x41] => Fault::ReadFailed,
            [0, 0, 0x47] => Fault::NoRandom,
            [0, 0, 0x60] => Fault::SelfTest,
            [0, 0, 0x66] => Fault::NotLicensed,
            [0, 0, 0x91] => Fault::Nothing,
            other => Fault::Other(other),
        })
    }
}

impl std::fmt::Debug for Reply {
    /// Without the data: they are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} with {} bytes", self.outcome, self.data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reply(status: u8, data: &[u8]) -> Vec<u8> {
        let mut body = vec![0, 0, status];
        body.extend_from_slice(data);
        framed(&body)
    }

    fn all(decoder: &mut Decoder) -> Vec<Reply> {
        std::iter::from_fn(|| decoder.take()).collect()
    }

    #[test]
    fn orders_are_framed_as_the_protocol_writes_them() {
        for (order, expected) in [
            (Order::Find, "aaaaaa96690003200122"),
            (Order::Select, "aaaaaa96690003200221"),
            (Order::Read, "aaaaaa96690003300132"),
        ] {
            assert_eq!(hex::encode(order.frame()), expected, "{order:?}");
        }
    }

    #[test]
    fn a_reply_that_was_doubled_answers_no_other_order() {
        let mut decoder = Decoder::default();
        decoder.push(&reply(0x9F, &[0; 4]));
        decoder.push(&reply(0x90, &[0; 8]));
        decoder.push(&reply(0x90, &[0; 1284]));
        decoder.push(&reply(0x80, &[]));
        let replies = all(&mut decoder);
        for (order, expected) in [
            (Order::Find, [true, false, false, true]),
            (Order::Select, [false, true, false, true]),
            (Order::Read, [false, false, true, true]),
        ] {
            let answered: Vec<_> = replies.iter().map(|reply| order.is_answered_by(reply)).collect();
            assert_eq!(answered, expected, "{order:?}");
        }
    }

    #[test]
    fn after_a_cut_frame_the_next_one_is_found_though_the_cut_one_promised_more() {
        let long = reply(0x90, &[7; 1284]);
        for cut in [1, 5, 6, 7, 8, 300, long.len() - 1] {
            let mut decoder = Decoder::default();
            decoder.push(&long[..cut]);
            decoder.push(&reply(0x9F, &[0; 4]));
            let replies = all(&mut decoder);
            assert_eq!(replies.last().map(|reply| reply.outcome), Some(Outcome::Found), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_between_whole_frames_are_found_in_order_in_pieces_of_any_size(
            pieces in prop::collection::vec(
                (prop::collection::vec(any::<u8>(), 0..40), any::<u8>(), prop::collection::vec(any::<u8>(), 0..60)),
                1..6,
            ),
            size in 1usize..50,
        ) {
            let mut line = Vec::new();
            let mut expected = Vec::new();
            for (rubbish, status, data) in &pieces {
                // What looks like the beginning of a frame would be one.
                line.extend(rubbish.iter().map(|byte| if *byte == 0xAA { 0 } else { *byte }));
                line.extend(reply(*status, data));
                expected.push((Outcome::of([0, 0, *status]), data.clone()));
            }
            let mut decoder = Decoder::default();
            let mut found = Vec::new();
            for piece in line.chunks(size) {
                decoder.push(piece);
                found.extend(all(&mut decoder).into_iter().map(|reply| (reply.outcome, reply.data)));
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn one_changed_bit_behind_the_length_makes_a_frame_no_frame_and_the_next_one_is_found(
            data in prop::collection::vec(any::<u8>(), 0..60),
            bit in any::<prop::sample::Index>(),
        ) {
            let mut frame = reply(0x90, &data);
            let bit = BEFORE_BODY * 8 + bit.index((frame.len() - BEFORE_BODY) * 8);
            frame[bit / 8] ^= 1 << (bit % 8);
            let mut decoder = Decoder::default();
            decoder.push(&frame);
            decoder.push(&reply(0x9F, &[]));
            let found: Vec<_> = all(&mut decoder).iter().map(|reply| reply.outcome).collect();
            prop_assert_eq!(found, vec![Outcome::Found]);
        }

        #[test]
        fn no_bytes_stop_the_decoder_and_it_holds_no_more_than_a_frame(
            bytes in prop::collection::vec(prop_oneof![Just(0xAA), Just(0x96), Just(0x69), any::<u8>()], 0..4000),
        ) {
            let mut decoder = Decoder::default();
            for piece in bytes.chunks(64) {
                decoder.push(piece);
                while decoder.take().is_some() {}
                prop_assert!(decoder.held.len() <= BEFORE_BODY + LONGEST);
            }
        }
    }
}
