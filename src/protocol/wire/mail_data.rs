//! Mail data and its transparency (RFC 5321 4.5.2).

/// Undoes dot transparency over a stream and finds the end of mail data indicator, CRLF `.` CRLF and nothing else.
///
/// A bare LF neither begins nor ends a line here, so that no message can be smuggled behind `LF . LF`.
#[derive(Clone, Debug)]
pub struct DotDecoder {}

impl Default for DotDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl DotDecoder {
    /// At the start of the mail data.
    pub fn new() -> Self {
        todo!()
    }

    /// Decodes `input` into `content` and tells how many octets of it belong to the mail data and whether its end was
    /// among them. The final CRLF of the content is kept.
    pub fn decode(&mut self, input: &[u8], content: &mut Vec<u8>) -> (usize, bool) {
        let _ = (input, content);
        todo!()
    }
}

/// Mail data ready to send: dots doubled, a final CRLF made sure, the end of mail data indicator behind it.
pub fn dot_encode(message: &[u8]) -> Vec<u8> {
    let _ = message;
    todo!()
}
