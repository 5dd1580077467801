//! Faces of invented people, drawn for demo worlds and tests: the registered portrait at the centre and the person who
//! comes before a simulated camera are the same, so that staff have something to compare.

use sha2::{Digest as _, Sha256};

/// Width of a drawing in pixels …
pub const WIDTH: u32 = 120;
/// … and its height, as on an identity photo.
pub const HEIGHT: u32 = 160;

/// The portrait that somebody sends in with the registration: red, green and blue of each pixel, line by line. The seed
/// alone decides what it looks like.
#[must_use]
pub fn portrait(seed: &str) -> Vec<u8> {
    Face::from_seed(seed).drawn()
}

/// The same person before the wall of the exam point, in what is worn today.
#[must_use]
pub fn today(seed: &str) -> Vec<u8> {
    let worn = Sha256::digest(seed.as_bytes()).last().copied().unwrap_or_default();
    Face { background: WALL, cloth: pick(&CLOTHES, worn), ..Face::from_seed(seed) }.drawn()
}

type Colour = [f64; 3];

const BACKGROUNDS: [Colour; 3] = [[0.29, 0.56, 0.85], [0.95, 0.95, 0.96], [0.75, 0.22, 0.22]];
const SKINS: [Colour; 4] = [[0.96, 0.83, 0.72], [0.91, 0.76, 0.63], [0.85, 0.68, 0.54], [0.78, 0.60, 0.46]];
const HAIRS: [Colour; 4] = [[0.08, 0.07, 0.07], [0.14, 0.11, 0.10], [0.22, 0.16, 0.13], [0.35, 0.34, 0.34]];
const CLOTHES: [Colour; 5] =
    [[0.15, 0.22, 0.35], [0.30, 0.33, 0.36], [0.20, 0.36, 0.30], [0.44, 0.26, 0.24], [0.17, 0.17, 0.19]];
const WALL: Colour = [0.80, 0.82, 0.83];
const WHITE: Colour = [0.98, 0.98, 0.97];
const DARK: Colour = [0.10, 0.08, 0.08];
const LIP: Colour = [0.70, 0.36, 0.34];

struct Face {
    background: Colour,
    skin: Colour,
    hair: Colour,
    cloth: Colour,
    /// Half the width and height of the head, as parts of the picture.
    head: (f64, f64),
    eye_distance: f64,
    eye_size: f64,
    brow: f64,
    nose: f64,
    mouth: f64,
    /// How far the hair comes down over the forehead, and at the sides.
    fringe: f64,
    sides: f64,
    glasses: bool,
}

impl Face {
    fn drawn(&self) -> Vec<u8> {
        let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
        let pixel = |(x, y)| self.colour(part(x, WIDTH), part(y, HEIGHT)).map(to_byte);
        places.flat_map(pixel).collect()
    }

    fn from_seed(seed: &str) -> Self {
        let bytes: [u8; 32] = Sha256::digest(seed.as_bytes()).into();
        let mut numbers = bytes.into_iter();
        let mut byte = || numbers.next().unwrap_or_default();
        let background = pick(&BACKGROUNDS, byte());
        let skin = pick(&SKINS, byte());
        let hair = pick(&HAIRS, byte());
        let cloth = pick(&CLOTHES, byte());
        let mut between = |low: f64, high: f64| low + (high - low) * f64::from(byte()) / 255.0;
        Self {
            background,
            skin,
            hair,
            cloth,
            head: (between(0.20, 0.25), between(0.20, 0.235)),
            eye_distance: between(0.075, 0.105),
            eye_size: between(0.020, 0.030),
            brow: between(0.050, 0.070),
            nose: between(0.050, 0.080),
            mouth: between(0.045, 0.080),
            fringe: between(0.30, 0.75),
            sides: between(0.0, 0.32),
            glasses: between(0.0, 1.0) > 0.72,
        }
    }

    /// Colour at a place; both coordinates from 0 to 1.
    fn colour(&self, x: f64, y: f64) -> Colour {
        // Towards the edges the background is a little darker, as in a studio.
        let shade = 1.0 - 0.12 * ((x - 0.5).powi(2) + (y - 0.4).powi(2));
        let mut colour = self.background.map(|c| c * shade);
        self.hair_behind(&mut colour, x, y);
        self.body(&mut colour, x, y);
        self.head_and_hair(&mut colour, x, y);
        self.features(&mut colour, x, y);
        colour
    }

    fn hair_behind(&self, colour: &mut Colour, x: f64, y: f64) {
        let (width, height) = (self.head.0 * 1.13, self.head.1 * (1.0 + self.sides));
        cover(colour, self.hair, ellipse(x, y, 0.5, 0.40 + self.head.1 * self.sides * 0.9, width, height));
    }

    fn body(&self, colour: &mut Colour, x: f64, y: f64) {
        cover(colour, self.cloth, ellipse(x, y, 0.5, 1.04, 0.47, 0.30));
        let collar = ellipse(x, y, 0.5, 0.76, 0.13, 0.085);
        cover(colour, WHITE, collar);
        let neck = box_edge(x, y, 0.5, 0.66, 0.085, 0.10).max(ellipse(x, y, 0.5, 0.76, 0.085, 0.055));
        cover(colour, self.skin.map(|c| c * 0.90), neck);
    }

    fn head_and_hair(&self, colour: &mut Colour, x: f64, y: f64) {
        let (width, height) = self.head;
        for side in [-1.0, 1.0] {
            cover(colour, self.skin.map(|c| c * 0.93), ellipse(x, y, 0.5 + side * width, 0.43, 0.026, 0.042));
        }
        let head = ellipse(x, y, 0.5, 0.42, width, height);
        let light = 1.0 - 0.10 * ((x - 0.42) / width).powi(2);
        cover(colour, self.skin.map(|c| c * light), head);
        let cap = ellipse(x, y, 0.5, 0.385, width * 1.06, height * 1.02);
        let parting = 0.03 * ((x - 0.44) * 14.0).sin();
        let line = 0.42 - height * (1.0 - 0.62 * self.fringe) + parting;
        cover(colour, self.hair, cap.min(edge(line - y)));
    }

    fn features(&self, colour: &mut Colour, x: f64, y: f64) {
        let eyes = 0.425;
        for side in [-1.0, 1.0] {
            let middle = 0.5 + side * self.eye_distance;
            cover(colour, DARK, ellipse(x, y, middle, eyes - self.brow, 0.045, 0.007));
            cover(colour, WHITE, ellipse(x, y, middle, eyes, self.eye_size * 1.55, self.eye_size * 0.62));
            cover(colour, DARK, ellipse(x, y, middle, eyes, self.eye_size * 0.62, self.eye_size * 0.50));
            if self.glasses {
                let outer = ellipse(x, y, middle, eyes, 0.068, 0.044);
                let inner = ellipse(x, y, middle, eyes, 0.060, 0.038);
                cover(colour, DARK, outer.min(1.0 - inner));
            }
        }
        if self.glasses {
            cover(colour, DARK, box_edge(x, y, 0.5, eyes - 0.008, self.eye_distance - 0.062, 0.004));
        }
        let tip = eyes + self.nose;
        cover(colour, self.skin.map(|c| c * 0.82), ellipse(x, y, 0.5, tip, 0.026, 0.011));
        cover(colour, LIP, ellipse(x, y, 0.5, 0.42 + self.head.1 * 0.58, self.mouth, 0.011));
    }
}

fn pick<const N: usize>(from: &[Colour; N], number: u8) -> Colour {
    from.get(usize::from(number) % N).copied().unwrap_or([0.5; 3])
}

/// How much of a place an ellipse covers, 0 to 1, with a soft edge.
fn ellipse(x: f64, y: f64, middle_x: f64, middle_y: f64, width: f64, height: f64) -> f64 {
    let (right, down) = ((x - middle_x) / width, (y - middle_y) / height);
    let square = right * right + down * down;
    // Most places lie far outside of most shapes: the root is only drawn near an edge.
    if square > 2.0 { 0.0 } else { edge((1.0 - square.sqrt()) * width.min(height)) }
}

fn box_edge(x: f64, y: f64, middle_x: f64, middle_y: f64, width: f64, height: f64) -> f64 {
    edge((width - (x - middle_x).abs()).min(height - (y - middle_y).abs()))
}

fn edge(inside: f64) -> f64 {
    (inside * f64::from(WIDTH) * 0.5 + 0.5).clamp(0.0, 1.0)
}

fn cover(colour: &mut Colour, with: Colour, how_much: f64) {
    for (channel, new) in colour.iter_mut().zip(with) {
        *channel += (new - *channel) * how_much;
    }
}

fn to_byte(channel: f64) -> u8 {
    (channel * 255.0).round().clamp(0.0, 255.0) as u8
}

fn part(of: u32, all: u32) -> f64 {
    (f64::from(of) + 0.5) / f64::from(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_face_and_another_seed_another() {
        assert_eq!(portrait("one"), portrait("one"));
        assert_ne!(portrait("one"), portrait("two"));
        assert_eq!(portrait("one").len(), (WIDTH * HEIGHT * 3) as usize);
    }

    #[test]
    fn who_comes_has_the_face_of_the_portrait_before_another_wall() {
        let (before, now) = (portrait("one"), today("one"));
        let pixel = |picture: &[u8], x: u32, y: u32| {
            let at = ((y * WIDTH + x) * 3) as usize;
            picture.get(at..at + 3).map(<[u8]>::to_vec)
        };
        // Cheek and corner.
        assert_eq!(pixel(&before, WIDTH / 2 - 12, HEIGHT / 2), pixel(&now, WIDTH / 2 - 12, HEIGHT / 2));
        assert_ne!(pixel(&before, 2, 2), pixel(&now, 2, 2));
    }
}
