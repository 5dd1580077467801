//! What a kiosk found of a photograph when it was taken.

use serde::{Deserialize, Serialize};

/// The judgement of a photograph. It decides nothing: a member of staff compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// What could be better, the most important first; empty for a good picture.
    pub flaws: Vec<Flaw>,
    /// Faces that were found; `None` where faces are not looked for.
    pub faces: Option<u32>,
    /// Height of the face in per cent of the picture's height, 0 without exactly one face.
    pub face_percent: u32,
    /// Mean brightness where the face is, 0 (black) to 255 (white).
    pub brightness: u32,
    /// Standard deviation of the brightness there, 0 (all the same) to 128.
    pub contrast: u32,
    /// Variance of the Laplacian there, from 0; the higher, the sharper.
    pub sharpness: u32,
}

/// What could be better about a photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Too little light.
    TooDark,
    /// Too much light.
    TooBright,
    /// Nobody is seen.
    NoFace,
    /// More than one person is seen.
    TwoFaces,
    /// The face is too small.
    TooFar,
    /// The face is too large, or cut by the edge.
    TooNear,
    /// The face looks aside.
    TurnedAway,
    /// Not sharp.
    Blurred,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::TooDark,
        Self::TooBright,
        Self::NoFace,
        Self::TwoFaces,
        Self::TooFar,
        Self::TooNear,
        Self::TurnedAway,
        Self::Blurred,
    ];

    /// Stable code, as on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooDark => "too_dark",
            Self::TooBright => "too_bright",
            Self::NoFace => "no_face",
            Self::TwoFaces => "two_faces",
            Self::TooFar => "too_far",
            Self::TooNear => "too_near",
            Self::TurnedAway => "turned_away",
            Self::Blurred => "blurred",
        }
    }
}
