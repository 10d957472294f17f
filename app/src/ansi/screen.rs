//! One line in progress, as a terminal would show it.

use super::escape::{Act, Escape, Taken};
use super::sign::push_visible;
use super::style::Style;

/// Characters of a line that are kept; of longer lines the rest is counted.
pub const MAX_CELLS: usize = 10_000;

/// Consecutive characters in one style. Contains no control characters except tabs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its style.
    pub style: Style,
    /// Its text.
    pub text: String,
}

/// The final content of a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// Its text.
    pub spans: Vec<Span>,
    /// Characters cut off at its end.
    pub cut: u64,
    /// How often it was overwritten, as progress bars do.
    pub redrawn: u32,
}

impl Row {
    /// Bytes of its text.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.spans.iter().map(|span| span.text.len()).sum()
    }
}

/// The effect of a character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScreenStep {
    /// Nothing visible.
    Nothing,
    /// The line has a visible character.
    Mark,
    /// The line is complete: [`Screen::take`] returns it.
    End,
}

/// A terminal with a single line.
///
/// A carriage return moves to the start of the line, a backspace moves back one column, and what follows overwrites
/// what was there. Each character takes one column, even where a terminal would give it two.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    escape: Escape,
    style: Style,
    cells: Vec<(char, Style)>,
    /// Where the next character goes.
    column: u64,
    /// The line's length, including the part beyond the limit.
    length: u64,
    /// Whether the cursor came back to the start of the line.
    returned: bool,
    redrawn: u32,
}

impl Screen {
    /// Writes the next character.
    pub fn write(&mut self, c: char) -> ScreenStep {
        match self.escape.take(c) {
            Taken::Inside | Taken::Ends(Act::Nothing) => ScreenStep::Nothing,
            Taken::Ends(Act::Select(control)) => {
                let (numbers, sub) = control.numbers();
                self.style.select(numbers, sub);
                ScreenStep::Nothing
            }
            Taken::Ends(Act::Erase(what)) => {
                self.erase(what);
                ScreenStep::Nothing
            }
            Taken::Text => match c {
                '\n' => ScreenStep::End,
                '\r' => {
                    self.returned |= self.column > 0;
                    self.column = 0;
                    ScreenStep::Nothing
                }
                // As a terminal does: one column back, and the character stays until it is overwritten.
                '\u{8}' => {
                    self.column = self.column.saturating_sub(1);
                    ScreenStep::Nothing
                }
                _ => {
                    self.print(c);
                    ScreenStep::Mark
                }
            },
        }
    }

    /// The current line.
    #[must_use]
    pub fn row(&self) -> Row {
        let mut spans: Vec<Span> = Vec::new();
        for (c, style) in &self.cells {
            match spans.last_mut() {
                Some(span) if span.style == *style => push_visible(&mut span.text, *c),
                _ => {
                    let mut text = String::new();
                    push_visible(&mut text, *c);
                    spans.push(Span {
                        style: *style,
                        text,
                    });
                }
            }
        }
        Row {
            spans,
            cut: self.length - self.cells.len() as u64,
            redrawn: self.redrawn,
        }
    }

    /// Returns the line, and starts an empty one in the same style.
    pub fn take(&mut self) -> Row {
        let row = self.row();
        self.cells.clear();
        (self.column, self.length) = (0, 0);
        (self.returned, self.redrawn) = (false, 0);
        row
    }

    fn print(&mut self, c: char) {
        if std::mem::take(&mut self.returned) {
            self.redrawn = self.redrawn.saturating_add(1);
        }
        if let Ok(column) = usize::try_from(self.column)
            && column < MAX_CELLS
        {
            // The cursor is beyond the line's end where the line was erased.
            if self.cells.len() <= column {
                self.cells.resize(column + 1, (' ', Style::default()));
            }
            self.cells[column] = (c, self.style);
        } else if self.cells.len() < MAX_CELLS {
            self.cells.resize(MAX_CELLS, (' ', Style::default()));
        }
        self.column += 1;
        self.length = self.length.max(self.column);
    }

    fn erase(&mut self, what: u16) {
        let column = usize::try_from(self.column).unwrap_or(usize::MAX);
        match what {
            0 => {
                self.cells.truncate(column);
                self.length = self.length.min(self.column);
            }
            1 => {
                let end = column.saturating_add(1).min(self.cells.len());
                self.cells[..end].fill((' ', Style::default()));
            }
            2 => {
                self.cells.clear();
                self.length = 0;
            }
            _ => {}
        }
    }
}
