//! Frames: how long, what, and a tag over both and the frame's number on its way. One that was left out, said again, changed
//! or taken from elsewhere does not fit its number's tag, and ends the connection.

use super::{Key, Session, TAG};

/// Octets of a frame's length, the most significant first.
const LENGTH: usize = 4;

/// Why a frame is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It says that it is longer than any frame.
    #[error("a frame of {0} octets is longer than any")]
    TooLong(usize),
    /// Its tag does not fit: it was changed, said again, or frames before it are missing.
    #[error("frame {0} is not what was sent: its tag does not fit")]
    Tampered(u64),
}

/// Seals what one side says.
#[derive(Debug)]
pub struct Sealer {
    key: Key,
    next: u64,
}

impl Sealer {
    /// For the witness's side of a session.
    pub fn of_witness(session: &Session) -> Self {
        Self { key: session.of_witness.clone(), next: 0 }
    }

    /// For the run's side.
    pub fn of_run(session: &Session) -> Self {
        Self { key: session.of_run.clone(), next: 0 }
    }

    /// The next frame.
    pub fn seal(&mut self, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
        let tag = self.key.sign(&[&self.next.to_be_bytes(), &length, body]);
        self.next = self.next.wrapping_add(1);
        [&length[..], body, &tag].concat()
    }
}

/// Opens what the other side said, cut anyhow.
#[derive(Debug)]
pub struct Opener {
    key: Key,
    next: u64,
    most: usize,
    buffer: Vec<u8>,
}

impl Opener {
    /// For what the witness says; `most` octets are the longest body of a frame.
    pub fn of_witness(session: &Session, most: usize) -> Self {
        Self { key: session.of_witness.clone(), next: 0, most, buffer: Vec::new() }
    }

    /// For what the run says.
    pub fn of_run(session: &Session, most: usize) -> Self {
        Self { key: session.of_run.clone(), next: 0, most, buffer: Vec::new() }
    }

    /// Takes octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
    }

    /// The body of the next whole frame. `None`: more octets are needed.
    ///
    /// # Errors
    /// When what came is no frame of this session. Nothing behind it can be read.
    pub fn open(&mut self) -> Result<Option<Vec<u8>>, SealError> {
        let Some((length, rest)) = self.buffer.split_first_chunk::<LENGTH>() else { return Ok(None) };
        let body_length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if body_length > self.most {
            return Err(SealError::TooLong(body_length));
        }
        let Some((body, rest)) = rest.split_at_checked(body_length) else { return Ok(None) };
        let Some((tag, rest)) = rest.split_first_chunk::<TAG>() else { return Ok(None) };
        if !self.key.verifies(&[&self.next.to_be_bytes(), length, body], tag) {
            return Err(SealError::Tampered(self.next));
        }
        self.next = self.next.wrapping_add(1);
        let (body, left) = (body.to_vec(), rest.len());
        self.buffer.drain(..self.buffer.len().saturating_sub(left));
        Ok(Some(body))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::secret::Secret;

    fn session() -> Session {
        let key = |text: &str| Key::new(&Secret::new(text.as_bytes().to_vec())).unwrap();
        Session { of_witness: key("what the witness says"), of_run: key("what the run says....") }
    }

    fn open_all(opener: &mut Opener) -> Result<Vec<Vec<u8>>, SealError> {
        std::iter::from_fn(|| opener.open().transpose()).collect()
    }

    #[test]
    fn a_frame_said_again_left_out_or_of_the_other_way_is_noticed() {
        let session = session();
        let mut sealer = Sealer::of_witness(&session);
        let frames: Vec<Vec<u8>> = [b"one", b"two"].iter().map(|body| sealer.seal(*body)).collect();
        let opened = |frames: &[&Vec<u8>]| {
            let mut opener = Opener::of_witness(&session, 100);
            frames.iter().for_each(|frame| opener.push(frame));
            open_all(&mut opener)
        };
        assert_eq!(opened(&[&frames[0], &frames[1]]), Ok(vec![b"one".to_vec(), b"two".to_vec()]));
        assert_eq!(opened(&[&frames[0], &frames[0]]), Err(SealError::Tampered(1)));
        assert_eq!(opened(&[&frames[1]]), Err(SealError::Tampered(0)));
        assert_eq!(opened(&[&Sealer::of_run(&session).seal(b"one")]), Err(SealError::Tampered(0)));
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_before_it_is_there() {
        let mut opener = Opener::of_witness(&session(), 100);
        opener.push(&[0, 0, 0, 101]);
        assert_eq!(opener.open(), Err(SealError::TooLong(101)));
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened_however_it_is_cut(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..6),
            piece in 1_usize..40,
        ) {
            let session = session();
            let (mut sealer, mut opener) = (Sealer::of_run(&session), Opener::of_run(&session, 60));
            let octets: Vec<u8> = bodies.iter().flat_map(|body| sealer.seal(body)).collect();
            let mut opened = Vec::new();
            for cut in octets.chunks(piece) {
                opener.push(cut);
                opened.extend(open_all(&mut opener).unwrap());
            }
            prop_assert_eq!(opened, bodies);
        }

        #[test]
        fn any_octet_changed_is_noticed(body in proptest::collection::vec(any::<u8>(), 1..60), at: usize, by in 1_u8..) {
            let session = session();
            let mut frame = Sealer::of_run(&session).seal(&body);
            // A longer length would be waited for.
            let at = LENGTH + at % (frame.len() - LENGTH);
            frame[at] ^= by;
            let mut opener = Opener::of_run(&session, 60);
            opener.push(&frame);
            prop_assert_eq!(opener.open(), Err(SealError::Tampered(0)));
        }

        #[test]
        fn any_octets_are_read(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut opener = Opener::of_run(&session(), 60);
            opener.push(&octets);
            prop_assert!(!matches!(opener.open(), Ok(Some(_))));
        }
    }
}
