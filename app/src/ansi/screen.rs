//! One line under way, as a terminal would show it.

use super::escape::{Act, Escape, Taken};
use super::sign::push_visible;
use super::style::Style;

/// Characters of a line that are kept; of longer lines the rest is counted.
pub const MAX_CELLS: usize = 10_000;

/// A stretch of a line in one style. Holds no control characters but tabs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// What it says.
    pub text: String,
}

/// A line as it finally stood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// What it says.
    pub spans: Vec<Span>,
    /// Characters cut off at its end.
    pub cut: u64,
    /// How often it was written over, as progress bars do.
    pub redrawn: u32,
}

impl Row {
    /// Bytes of its text.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.spans.iter().map(|span| span.text.len()).sum()
    }
}

/// What a character did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScreenStep {
    /// Nothing to be seen.
    Nothing,
    /// Something of the line can be seen.
    Mark,
    /// The line is done: [`Screen::take`] gives it.
    End,
}

/// A terminal with a single line.
///
/// A carriage return goes back to the line's start, a backspace one place, and what comes then is
/// written over what was there. Each character takes one place, also where a terminal would give it two.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    escape: Escape,
    style: Style,
    cells: Vec<(char, Style)>,
    /// Where the next character goes.
    column: u64,
    /// The line's length, also where it is longer than what is kept.
    length: u64,
    /// Whether the cursor came back to the start of the line.
    returned: bool,
    redrawn: u32,
}

impl Screen {
    /// Takes the next character.
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
                // As a terminal does: one place back, and what was there stays until it is written
                // over.
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

    /// The line as it stands.
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

    /// Gives the line, and starts an empty one in the same style.
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
            // The cursor stands behind the line's end where the line was erased.
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
