//! What the server says that is no answer: told of, and never taken for one.

use super::heard::{MOST_LINES, MOST_OF_A_LINE, Piece};
use super::{Awaited, Client, Outcome, Standing};
use crate::judge::NoAnswer;
use crate::protocol::transcript::Side;
use crate::protocol::wire::ReplyError;

impl Client {
    /// Looks at what came before the next thing is said. It answers nothing, unless replies are owed yet.
    pub(super) fn look_for_unasked(&mut self) {
        match &self.standing {
            Standing::InStep if self.owed > 0 => {}
            Standing::InStep => {
                let Some(piece) = self.heard.line().or_else(|| self.heard.rest()) else { return };
                self.note_piece(&piece);
                self.note_held();
                self.standing = Standing::OutOfStep(NoAnswer::of_unasked(&piece.bytes));
            }
            Standing::OutOfStep(_) => self.note_held(),
            Standing::Lost(_) => {}
        }
    }

    pub(super) fn give_up(&mut self, error: &ReplyError) {
        let what = match error {
            ReplyError::Malformed(octets) => {
                let kept = octets.get(..MOST_OF_A_LINE).unwrap_or(octets);
                self.note_lines_through(|piece| piece.bytes == kept);
                format!("not a reply line: {}", kept.escape_ascii())
            }
            ReplyError::LineTooLong { start, .. } => {
                self.note_lines_through(|piece| piece.is_cut && start.starts_with(&piece.bytes));
                error.to_string()
            }
            ReplyError::TooManyLines { .. } => {
                self.note_lines_through(|_| false);
                error.to_string()
            }
        };
        let why = NoAnswer::NoReply { what };
        self.standing = Standing::OutOfStep(why.clone());
        self.awaited = Awaited::Nothing(Outcome::NoAnswer(why));
    }

    /// Takes down what came out of step. The line that ends a reply, if one does.
    pub(super) fn overhear(&mut self) -> Option<Vec<u8>> {
        while let Some(piece) = self.heard.line() {
            self.note_piece(&piece);
            if piece.ends_a_reply {
                return Some(piece.bytes);
            }
        }
        None
    }

    /// Takes down all that came and answers nothing.
    pub(super) fn note_held(&mut self) {
        self.note_lines_through(|_| false);
        if let Some(piece) = self.heard.rest() {
            self.note_piece(&piece);
        }
    }

    fn note_lines_through(&mut self, is_last: impl Fn(&Piece) -> bool) {
        for _ in 0..MOST_LINES {
            let Some(piece) = self.heard.line() else { return };
            self.note_piece(&piece);
            if is_last(&piece) {
                return;
            }
        }
    }

    pub(super) fn note_piece(&mut self, piece: &Piece) {
        let bytes = piece.bytes.as_slice();
        match piece.is_cut {
            true => self.transcript.cut_line(Side::Server, self.now, bytes),
            false => self.transcript.line(Side::Server, self.now, bytes),
        }
    }
}
