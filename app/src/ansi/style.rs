//! Colours and styles, and the fixed set of classes for them.

/// How text looks. Two bytes, because every character of an open line carries one: five bits for
/// the text's colour and five for the background's (0: the terminal's own), six for the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style(u16);

const BOLD: u16 = 1 << 10;
const DIM: u16 = 1 << 11;
const ITALIC: u16 = 1 << 12;
const UNDERLINE: u16 = 1 << 13;
const STRIKE: u16 = 1 << 14;
const INVERSE: u16 = 1 << 15;

const TEXT: [&str; 16] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14",
    "f15",
];
const GROUND: [&str; 16] = [
    "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9", "g10", "g11", "g12", "g13", "g14",
    "g15",
];

impl Style {
    /// Whether it is the default style.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// The classes, separated by spaces: `f0`–`f15` for a text colour; `g0`–`g15`, or `v` for reverse video, for a
    /// background, which comes first and brings a readable text colour with it; `b d i u s` for bold, dim, italic,
    /// underlined, struck out.
    #[must_use]
    pub fn classes(self) -> String {
        let (mut text, mut ground) = (self.0 & 31, self.0 >> 5 & 31);
        let inverse = self.0 & INVERSE != 0;
        if inverse {
            (text, ground) = (ground, text);
        }
        let colour = match (ground, text) {
            (0, _) if inverse => "v",
            (0, 0) => "",
            (0, text) => TEXT[usize::from(text - 1) & 15],
            (ground, _) => GROUND[usize::from(ground - 1) & 15],
        };
        let mut classes = colour.to_owned();
        for (flag, class) in [
            (BOLD, "b"),
            (DIM, "d"),
            (ITALIC, "i"),
            (UNDERLINE, "u"),
            (STRIKE, "s"),
        ] {
            if self.0 & flag != 0 {
                if !classes.is_empty() {
                    classes.push(' ');
                }
                classes.push_str(class);
            }
        }
        classes
    }

    fn set(&mut self, flag: u16, on: bool) {
        if on {
            self.0 |= flag;
        } else {
            self.0 &= !flag;
        }
    }

    /// Colours count from 1; 0 is the terminal's own.
    fn paint(&mut self, ground: bool, colour: u16) {
        let shift = if ground { 5 } else { 0 };
        self.0 = self.0 & !(31 << shift) | colour << shift;
    }

    /// Applies the numbers of "select graphic rendition" (ECMA-48, 8.3.117; colours as xterm reads them). `sub` has a
    /// bit set for each number that follows a colon.
    pub(super) fn select(&mut self, numbers: &[u16], sub: u32) {
        if numbers.is_empty() {
            *self = Self::default();
        }
        let mut at = 0;
        while at < numbers.len() {
            let number = numbers[at];
            let mut end = at + 1;
            while end < numbers.len() && sub >> end & 1 == 1 {
                end += 1;
            }
            let group = &numbers[at + 1..end];
            match number {
                0 => *self = Self::default(),
                1 => self.set(BOLD, true),
                2 => self.set(DIM, true),
                3 => self.set(ITALIC, true),
                4 => self.set(UNDERLINE, group.first() != Some(&0)),
                7 => self.set(INVERSE, true),
                9 => self.set(STRIKE, true),
                21 => self.set(UNDERLINE, true),
                22 => self.set(BOLD | DIM, false),
                23 => self.set(ITALIC, false),
                24 => self.set(UNDERLINE, false),
                27 => self.set(INVERSE, false),
                29 => self.set(STRIKE, false),
                30..=37 => self.paint(false, number - 29),
                39 => self.paint(false, 0),
                40..=47 => self.paint(true, number - 39),
                49 => self.paint(true, 0),
                90..=97 => self.paint(false, number - 81),
                100..=107 => self.paint(true, number - 91),
                // 58 colours the underline: its numbers are not styles.
                38 | 48 | 58 => {
                    let rest = &numbers[end..];
                    let (colour, taken) = if group.is_empty() {
                        extended(rest, rest.get(1..))
                    } else {
                        let channels = group.get(group.len().saturating_sub(3).max(1)..);
                        (extended(group, channels).0, 0)
                    };
                    if let Some(colour) = colour.filter(|_| number != 58) {
                        self.paint(number == 48, colour + 1);
                    }
                    end = (end + taken).min(numbers.len());
                }
                _ => {}
            }
            at = end;
        }
    }
}

/// `5;n` or `2;r;g;b`: the nearest colour of the sixteen, and how many numbers that was.
fn extended(numbers: &[u16], channels: Option<&[u16]>) -> (Option<u16>, usize) {
    match (numbers, channels) {
        ([5, n, ..], _) => (indexed(*n), 2),
        ([2, ..], Some([red, green, blue, ..])) => (Some(nearest(*red, *green, *blue)), 4),
        ([5 | 2, ..], _) => (None, numbers.len()),
        _ => (None, 1),
    }
}

/// A colour of xterm's 256: the sixteen, a cube of 6 × 6 × 6, and 24 greys.
fn indexed(n: u16) -> Option<u16> {
    let level = |n: u16| if n == 0 { 0 } else { 55 + n * 40 };
    match n {
        0..=15 => Some(n),
        16..=231 => {
            let n = n - 16;
            Some(nearest(level(n / 36), level(n / 6 % 6), level(n % 6)))
        }
        232..=255 => {
            let grey = 8 + (n - 232) * 10;
            Some(nearest(grey, grey, grey))
        }
        _ => None,
    }
}

/// The nearest of the sixteen colours: greys by lightness, others by hue.
fn nearest(red: u16, green: u16, blue: u16) -> u16 {
    let channels = [red.min(255), green.min(255), blue.min(255)];
    let high = channels.into_iter().max().unwrap_or(0);
    let low = channels.into_iter().min().unwrap_or(0);
    if high - low < 40 {
        return match high {
            0..64 => 0,
            64..150 => 8,
            150..220 => 7,
            _ => 15,
        };
    }
    let middle = low.midpoint(high);
    let mut hue = 0;
    for (bit, channel) in channels.into_iter().enumerate() {
        hue |= u16::from(channel > middle) << bit;
    }
    hue + if high > 215 { 8 } else { 0 }
}
