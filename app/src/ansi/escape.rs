//! The position within an escape sequence. The states are those of a DEC terminal's parser, with one difference: the
//! end of a line ends every sequence, so that an unfinished one cannot swallow the rest of a log.

/// The most numbers of a sequence that are kept; no style has more.
const MAX_NUMBERS: usize = 32;

/// The state between two characters.
#[derive(Clone, Debug, Default)]
pub(super) enum Escape {
    /// In plain text.
    #[default]
    Ground,
    /// After ESC.
    Begun,
    /// After ESC and a character such as `(`: the final one follows.
    Charset,
    /// After `ESC [`.
    Control(Control),
    /// In a title, a link, an image or another string for the terminal.
    Text,
}

/// A control sequence so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Control {
    numbers: [u16; MAX_NUMBERS],
    /// Complete numbers so far.
    count: usize,
    /// Bits of the numbers that follow a colon.
    sub: u32,
    /// Whether a digit or a separator was seen.
    any: bool,
    /// Whether its kind has no meaning here.
    private: bool,
}

/// The effect of a finished sequence.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Nothing that has an effect here.
    Nothing,
    /// Colours and styles.
    Select(Control),
    /// Erase in the line: 0 to its end, 1 from its start, 2 all of it.
    Erase(u16),
}

/// How a character was consumed.
pub(super) enum Taken {
    /// It belongs to a sequence.
    Inside,
    /// It ends one.
    Ends(Act),
    /// It is text.
    Text,
}

impl Escape {
    /// Takes a character.
    pub(super) fn take(&mut self, c: char) -> Taken {
        match (&mut *self, c) {
            (_, '\u{1b}') => {
                *self = Self::Begun;
                Taken::Inside
            }
            (Self::Ground, _) => Taken::Text,
            // CAN and SUB end a sequence, and so does any character that no sequence can contain.
            (_, '\u{18}' | '\u{1a}') => self.end(Act::Nothing),
            (_, '\n') => self.text(),
            (Self::Text, '\u{7}' | '\u{9c}') => self.end(Act::Nothing),
            (Self::Text, _) => Taken::Inside,
            (_, '\0'..='\u{1f}' | '\u{7f}'..) => self.text(),
            (Self::Begun, '[') => {
                *self = Self::Control(Control::default());
                Taken::Inside
            }
            (Self::Begun, ']' | 'P' | 'X' | '^' | '_') => {
                *self = Self::Text;
                Taken::Inside
            }
            (Self::Begun | Self::Charset, ' '..='/') => {
                *self = Self::Charset;
                Taken::Inside
            }
            (Self::Begun | Self::Charset, _) => self.end(Act::Nothing),
            (Self::Control(control), ' '..='?') => {
                control.take(c);
                Taken::Inside
            }
            (Self::Control(control), _) => {
                let act = control.finish(c);
                self.end(act)
            }
        }
    }

    fn end(&mut self, act: Act) -> Taken {
        *self = Self::Ground;
        Taken::Ends(act)
    }

    /// The sequence was invalid: what follows is text again.
    fn text(&mut self) -> Taken {
        *self = Self::Ground;
        Taken::Text
    }
}

impl Control {
    fn take(&mut self, c: char) {
        match c {
            '0'..='9' => {
                self.any = true;
                if let Some(number) = self.numbers.get_mut(self.count) {
                    let digit = c as u16 - '0' as u16;
                    *number = number.saturating_mul(10).saturating_add(digit);
                }
            }
            ';' | ':' => {
                self.any = true;
                // Numbers beyond the limit are dropped.
                if self.count < MAX_NUMBERS {
                    self.count += 1;
                }
                if c == ':' && self.count < MAX_NUMBERS {
                    self.sub |= 1 << self.count;
                }
            }
            // `? > < =` mark vendor-specific sequences, ` ` to `/` other functions.
            _ => self.private = true,
        }
    }

    fn finish(&mut self, last: char) -> Act {
        match last {
            _ if self.private => Act::Nothing,
            'm' => Act::Select(std::mem::take(self)),
            'K' => Act::Erase(self.numbers[0]),
            _ => Act::Nothing,
        }
    }

    /// The numbers, and the bits of those that follow a colon.
    pub(super) fn numbers(&self) -> (&[u16], u32) {
        let count = if self.any {
            (self.count + 1).min(MAX_NUMBERS)
        } else {
            0
        };
        (&self.numbers[..count], self.sub)
    }
}
